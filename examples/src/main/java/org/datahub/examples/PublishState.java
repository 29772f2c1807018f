package org.datahub.examples;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.datahub.api.BlockSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.SyncPolicy;

/// Publishes a state of which only the newest value matters: the producer never waits for anybody.
public final class PublishState {
    private PublishState() {}

    /// Takes no arguments.
    public static void main(String... arguments) {
        // @start region="publish"
        BlockSpec spec =
                BlockSpec.named("position").slotBytes(2 * Long.BYTES).single().policy(SyncPolicy.LATEST_ONLY);
        try (DataHub hub = DataHub.open();
                DataBlockProducer out = hub.create(spec)) {
            for (long step = 0; step < 1_000; step++) {
                long x = step;
                long y = step * step;
                out.write(tx -> {
                    tx.payload().set(JAVA_LONG, 0, x);
                    tx.payload().set(JAVA_LONG, Long.BYTES, y);
                });
            }
        }
        // @end region="publish"
        System.out.println("published");
    }
}
