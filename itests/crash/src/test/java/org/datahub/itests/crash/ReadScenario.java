package org.datahub.itests.crash;

import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Delivery;

/// A lossless consumer reads in place: one by one, in batches, by hand and in views, and leaves
/// with a slot in its hands.
final class ReadScenario implements Scenario {
    @Override
    public Party party() {
        return Party.CONSUMER;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockConsumer in = me.hub().attach(Stage.BLOCK, ConsumerSpec.lossless())) {
            Account account = new Account(in, Delivery.LOSSLESS, false);
            long end = account.position() + 4L * me.shape().cells() + 8;
            for (int round = 0; account.position() < end; round++) {
                if (round % 3 == 0) account.read(Await.PATIENCE);
                else account.take(round % 3 == 1 ? 1 : 3, Await.PATIENCE);
                me.done(account.position());
            }
            me.pace();
            in.next(Await.PATIENCE);
        }
    }

    @Override
    public Witness before(Stage stage) {
        return new FlowSurvivors(stage, stage.spec());
    }
}
