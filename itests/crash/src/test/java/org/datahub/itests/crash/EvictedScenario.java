package org.datahub.itests.crash;

import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Delivery;
import org.datahub.api.Next;
import org.datahub.api.StallPolicy;
import org.datahub.engine.Inside;

/// A consumer that dawdles over a slot is let go, learns what it lost, and joins anew.
final class EvictedScenario implements Scenario {
    private static final int TIMES = 2;

    @Override
    public Party party() {
        return Party.CONSUMER;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockConsumer in = me.hub().attach(Stage.BLOCK, ConsumerSpec.lossless())) {
            Account account = new Account(in, Delivery.LOSSLESS, false).evictable();
            for (int time = 0; time < TIMES; time++) {
                dawdle(me, in);
                account.moved();
                long enough = account.verified() + me.shape().cells() + 1;
                while (account.verified() < enough) account.read(Await.PATIENCE);
            }
        }
    }

    /// Holds a slot in place until it is gone.
    private static void dawdle(Victim me, DataBlockConsumer in) {
        Next next = in.next(Await.PATIENCE);
        while (next != Next.SLOT || !Inside.inPlace(in)) next = in.next(Await.PATIENCE);
        me.await("the producer lets me go", () -> !in.intact());
        if (in.release()) throw new AssertionError("a slot that was overwritten counts as read: slot=" + in.number());
    }

    @Override
    public Witness before(Stage stage) {
        BlockSpec spec = stage.spec().stall(Duration.ofMillis(1), StallPolicy.EVICT);
        stage.declare(spec);
        Reader observer = stage.reader(ConsumerSpec.observer());
        Writer writer = stage.writer(spec);
        return () -> {
            writer.awaitMore(2L * stage.shape.cells() + 3);
            observer.finish(writer.finish());
        };
    }
}
