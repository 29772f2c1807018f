package org.datahub.itests.crash;

import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.itests.crash.Notes.Word;

/// A producer at a closed gate that is asked to let the consumer go, and does.
final class AnswerScenario implements Scenario {
    private static final int FIRST_ROW = 0;

    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockProducer out = me.hub().create(me.spec())) {
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
        stage.declare(stage.spec());
        Reader lazy = stage.reader(ConsumerSpec.lossless());
        lazy.account().evictable();
        lazy.hold();
        return new Witness() {
            @Override
            public void meanwhile() {
                stage.awaitVictim(
                        "the producer is at the gate", () -> stage.notes.get(Word.DONE) >= stage.shape.slots());
                ask(stage);
                stage.awaitVictim("the producer goes on", () -> stage.notes.get(Word.READY) == 2);
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

    /// In the place of a victim that has died it does it itself.
    private static void ask(Stage stage) {
        stage.hub.admin(Stage.BLOCK).evict(FIRST_ROW, Await.PATIENCE);
    }
}
