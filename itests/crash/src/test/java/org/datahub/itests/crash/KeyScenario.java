package org.datahub.itests.crash;

import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.itests.crash.Notes.Word;

/// A producer that changes its key as often as it may: each epoch's place in `state` is taken again.
final class KeyScenario implements Scenario {
    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockProducer out = me.hub().create(me.spec().integrity(KeyedSum.NAME))) {
            long incarnation = me.incarnation();
            me.notes().set(Word.PENDING, 1);
            for (int round = 0; round < 12 * me.shape().cells(); round++) {
                me.pace();
                Writer.write(out, incarnation);
                me.done(out.next());
                rotate(out);
            }
        }
    }

    private static void rotate(DataBlockProducer out) {
        try {
            out.rotateKey();
        } catch (DataHubException e) {
            if (e.code() != ErrorCode.ROTATION_REFUSED) throw e;
        }
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.spec());
        return new StreamSurvivors(stage);
    }
}
