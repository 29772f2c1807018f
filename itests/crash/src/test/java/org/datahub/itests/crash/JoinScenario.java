package org.datahub.itests.crash;

import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Delivery;
import org.datahub.api.StartFrom;

/// A lossless consumer joins, seeks, which is a leave and a join, and leaves; again and again.
final class JoinScenario implements Scenario {
    private static final int VISITS = 3;

    @Override
    public Party party() {
        return Party.CONSUMER;
    }

    @Override
    public void victim(Victim me) {
        for (int visit = 0; visit < VISITS; visit++) {
            StartFrom from = visit % 2 == 0 ? StartFrom.LATEST : StartFrom.OLDEST;
            try (DataBlockConsumer in =
                    me.hub().attach(Stage.BLOCK, ConsumerSpec.lossless().from(from))) {
                Account account = new Account(in, Delivery.LOSSLESS, false);
                take(me, account);
                in.seek(StartFrom.OLDEST);
                account.moved();
                take(me, account);
                in.seek(StartFrom.LATEST);
                account.moved();
                take(me, account);
            }
        }
    }

    private static void take(Victim me, Account account) {
        long enough = account.verified() + me.shape().cells() + 1;
        while (account.verified() < enough) account.take(2, Await.PATIENCE);
    }

    @Override
    public Witness before(Stage stage) {
        return new FlowSurvivors(stage, stage.spec());
    }
}
