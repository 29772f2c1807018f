package org.datahub.itests.crash;

import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Delivery;

/// An observer takes copies.
final class CopyScenario implements Scenario {
    @Override
    public Party party() {
        return Party.CONSUMER;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockConsumer in = me.hub().attach(Stage.BLOCK, ConsumerSpec.observer())) {
            Account account = new Account(in, Delivery.OBSERVER, false);
            for (int round = 0; account.verified() < 20; round++) {
                if (round % 2 == 0) account.read(Await.PATIENCE);
                else account.take(1, Await.PATIENCE);
                me.done(account.position());
            }
        }
    }

    @Override
    public Witness before(Stage stage) {
        return new FlowSurvivors(stage, stage.spec());
    }
}
