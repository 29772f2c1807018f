package org.datahub.itests.crash;

import java.time.Duration;
import org.datahub.api.Claim;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.WriteTransaction;
import org.datahub.itests.crash.Notes.Word;

/// Slots one by one, in each way there is, some given back, and a clean close.
final class WriteScenario implements Scenario {
    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockProducer out = me.hub().create(me.spec())) {
            long incarnation = me.incarnation();
            me.notes().set(Word.PENDING, 1);
            for (int round = 0; round < 4 * me.shape().cells() + 8; round++) {
                me.pace();
                switch (round % 4) {
                    case 0 -> Writer.write(out, incarnation);
                    case 1 -> byHand(out, incarnation);
                    case 2 -> inTransaction(out, incarnation);
                    default -> givenBack(out, incarnation);
                }
                me.done(out.next());
            }
        }
    }

    private static void byHand(DataBlockProducer out, long incarnation) {
        if (out.claim() != Claim.CLAIMED) throw new AssertionError("gated: slot=" + out.next());
        out.commit(Pattern.fill(out.segment(), out.offset(), out.next(), incarnation), incarnation);
    }

    private static void inTransaction(DataBlockProducer out, long incarnation) {
        try (WriteTransaction tx = out.begin(Await.PATIENCE)) {
            tx.length(Pattern.fill(tx.payload(), 0, tx.number(), incarnation))
                    .user(incarnation)
                    .commit();
        }
    }

    private static void givenBack(DataBlockProducer out, long incarnation) {
        try (WriteTransaction tx = out.begin(Duration.ofSeconds(20))) {
            Pattern.fill(tx.payload(), 0, tx.number() + 1, incarnation);
        }
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.spec());
        return new StreamSurvivors(stage);
    }
}
