package org.datahub.itests.crash;

import org.datahub.api.DataBlockProducer;
import org.datahub.itests.crash.Notes.Word;

/// Batches of every size, some committed in part: a batch is seen whole or not at all.
final class BatchScenario implements Scenario {
    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockProducer out = me.hub().create(me.spec())) {
            long incarnation = me.incarnation();
            for (int round = 0; round < 3 * me.shape().cells() + 4; round++) {
                me.pace();
                int claimed = out.claimBatch(1 + round % out.batch(), Await.PATIENCE);
                if (claimed == 0) throw new AssertionError("gated: slot=" + out.next());
                for (int index = 0; index < claimed; index++) {
                    long n = out.next() + index;
                    int bytes = Pattern.fill(out.segment(), out.offset(index), n, incarnation);
                    out.describe(index, bytes, incarnation);
                }
                int count = round % 5 == 4 ? 1 : claimed;
                me.notes().set(Word.PENDING, count);
                out.commitBatch(count);
                me.done(out.next());
            }
        }
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.spec());
        return new StreamSurvivors(stage);
    }
}
