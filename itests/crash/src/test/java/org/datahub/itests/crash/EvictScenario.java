package org.datahub.itests.crash;

import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.StallPolicy;
import org.datahub.itests.crash.Notes.Word;

/// A producer that lets a live consumer go, and takes that back when it joins anew.
final class EvictScenario implements Scenario {
    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    private static BlockSpec evicting(BlockSpec spec) {
        return spec.stall(Duration.ofMillis(1), StallPolicy.EVICT);
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockProducer out = me.hub().create(evicting(me.spec()))) {
            long incarnation = me.incarnation();
            me.notes().set(Word.PENDING, 1);
            for (int round = 0; round < 3 * me.shape().cells(); round++) {
                Writer.write(out, incarnation);
                me.done(out.next());
            }
            me.notes().set(Word.READY, 2);
            for (int round = 0; round < 3 * me.shape().cells() || me.notes().get(Word.GO) == 0; round++) {
                me.pace();
                Writer.write(out, incarnation);
                me.done(out.next());
            }
        }
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(evicting(stage.spec()));
        Reader lazy = stage.reader(ConsumerSpec.lossless());
        lazy.account().evictable();
        lazy.hold();
        return new Witness() {
            @Override
            public void meanwhile() {
                stage.awaitVictim("the producer has let a consumer go", () -> stage.notes.get(Word.READY) == 2);
                long there = stage.notes.get(Word.DONE);
                lazy.goOn();
                stage.awaitVictim("the consumer is back", () -> lazy.account().position() >= there);
                stage.notes.set(Word.GO, 1);
            }

            @Override
            public void after() {
                long head = stage.headAfterVictim();
                stage.requireNewest(head);
                lazy.awaitPosition(head);
                long end = stage.succeed(head, 2L * stage.shape.cells() + 3);
                lazy.finish(end);
            }
        };
    }
}
