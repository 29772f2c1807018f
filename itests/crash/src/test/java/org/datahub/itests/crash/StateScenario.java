package org.datahub.itests.crash;

import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;
import org.datahub.engine.Inside;
import org.datahub.itests.crash.Notes.Word;

/// The newest value of a state block, written after a producer that died between its last two
/// stores, beside a reader that keeps a pin.
final class StateScenario implements Scenario {
    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public boolean fits(Shape shape) {
        return shape.slots() <= 2;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockProducer out = me.hub().create(org.datahub.api.BlockSpec.named(Stage.BLOCK))) {
            long incarnation = me.incarnation();
            me.notes().set(Word.PENDING, 1);
            for (int round = 0; round < 40; round++) {
                if (round % 4 == 0) me.pace();
                Writer.write(out, incarnation);
                me.done(out.next());
                if (round % 8 == 7) {
                    out.claim();
                    out.abort();
                }
            }
        }
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.stateSpec());
        DataBlockProducer first = stage.hub.create(org.datahub.api.BlockSpec.named(Stage.BLOCK));
        Reader pinning = stage.reader(ConsumerSpec.pinned());
        Reader copying = stage.reader(ConsumerSpec.observer());
        for (int round = 0; round < 3; round++) Writer.write(first, 1);
        stage.notes.set(Word.DONE, first.next());
        DataBlockConsumer keeping = stage.consumer(ConsumerSpec.pinned());
        Account kept = new Account(keeping, org.datahub.api.Delivery.PINNED, true);
        if (keeping.next(Await.PATIENCE) != Next.SLOT) throw new AssertionError("no value");
        Inside.dieBeforeLatest(stage.hub, first);
        return () -> {
            long head = stage.headAfterVictim();
            stage.requireValue(head);
            pinning.awaitPosition(head);
            copying.awaitPosition(head);
            long end = stage.succeed(head, 40);
            pinning.finish(end);
            copying.finish(end);
            kept.requireHeldIntact();
        };
    }
}
