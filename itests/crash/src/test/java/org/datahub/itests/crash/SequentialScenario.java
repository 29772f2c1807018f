package org.datahub.itests.crash;

import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Delivery;
import org.datahub.api.SyncPolicy;

/// The one lossless consumer of a SEQUENTIAL block dies: its row is free for the next.
final class SequentialScenario implements Scenario {
    @Override
    public Party party() {
        return Party.CONSUMER;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockConsumer in = me.hub().attach(Stage.BLOCK, ConsumerSpec.lossless())) {
            Account account = new Account(in, Delivery.LOSSLESS, false);
            while (account.verified() < 3L * me.shape().cells()) account.take(2, Await.PATIENCE);
        }
    }

    @Override
    public Witness before(Stage stage) {
        BlockSpec spec = stage.spec().policy(SyncPolicy.SEQUENTIAL);
        stage.declare(spec);
        Reader observer = stage.reader(ConsumerSpec.observer());
        Writer writer = stage.writer(spec);
        return () -> {
            Reader next = stage.reader(ConsumerSpec.lossless());
            writer.awaitMore(2L * stage.shape.cells() + 3);
            long end = writer.finish();
            next.finish(end);
            observer.finish(end);
        };
    }
}
