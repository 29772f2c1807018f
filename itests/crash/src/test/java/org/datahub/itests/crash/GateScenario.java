package org.datahub.itests.crash;

import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.engine.Inside;
import org.datahub.itests.crash.Notes.Word;

/// A producer at the gate: a dead consumer that it reclaims, and a slow one that it sleeps for;
/// then it drains.
final class GateScenario implements Scenario {
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
            if (!out.drain(Await.PATIENCE)) throw new AssertionError("not drained: slot=" + out.next());
        }
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.spec());
        StreamSurvivors survivors = new StreamSurvivors(stage);
        DataBlockConsumer dead = stage.hub.attach(Stage.BLOCK, ConsumerSpec.lossless());
        Inside.die(stage.hub, dead);
        survivors.lossless().hold();
        return new Witness() {
            @Override
            public void meanwhile() {
                int most = stage.shape.slots();
                stage.awaitVictim("the producer is at the gate", () -> stage.notes.get(Word.DONE) >= most);
                stage.awaitVictim(
                        "it sleeps",
                        () -> Inside.producerSleeps(survivors.lossless().consumer()));
                survivors.lossless().goOn();
            }

            @Override
            public void after() {
                survivors.after();
            }
        };
    }
}
