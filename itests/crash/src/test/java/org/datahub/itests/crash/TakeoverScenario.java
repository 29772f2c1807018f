package org.datahub.itests.crash;

import org.datahub.api.BlockSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.engine.Inside;
import org.datahub.itests.crash.Notes.Word;

/// A block whose producer died in the middle of a commit is taken over.
final class TakeoverScenario implements Scenario {
    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockProducer out =
                me.hub().create(BlockSpec.named(Stage.BLOCK).writeTimeout(Await.PATIENCE))) {
            long incarnation = me.incarnation();
            me.notes().set(Word.PENDING, 1);
            for (int round = 0; round < 2 * me.shape().cells(); round++) {
                Writer.write(out, incarnation);
                me.done(out.next());
            }
        }
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.spec());
        StreamSurvivors survivors = new StreamSurvivors(stage);
        DataBlockProducer first = stage.hub.create(stage.spec());
        for (int round = 0; round < stage.shape.slots() + 2; round++) Writer.write(first, 1);
        stage.notes.set(Word.DONE, first.next());
        survivors.lossless().awaitPosition(first.next());
        if (stage.shape.batch() > 1) {
            Inside.dieBetweenTwoStamps(stage.hub, first);
        } else {
            first.claim(Await.PATIENCE);
            Pattern.fill(first.segment(), first.offset(), first.next(), 1);
            Inside.die(stage.hub, first);
        }
        return survivors;
    }
}
