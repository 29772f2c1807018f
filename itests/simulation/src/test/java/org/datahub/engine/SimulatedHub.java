package org.datahub.engine;

import java.nio.file.Path;
import java.time.Duration;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.Timeouts;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.SegmentAllocator;

/// The door to the engine: a hub on a kernel of the caller's choice.
public final class SimulatedHub {
    private static final Duration NEVER = Duration.ofDays(1);

    private SimulatedHub() {}

    /// The hub of one process.
    public static DataHub open(Kernel kernel, SegmentAllocator allocator, IntegrityProvider integrity) {
        Providers providers = new Providers();
        providers.add(allocator, 0);
        providers.add(integrity, 0);
        Beats beats = new Beats(NEVER);
        HubDirectory directory = HubDirectory.open(kernel, Path.of("/hub"));
        return new Hub(
                kernel,
                directory,
                providers,
                new Declarations(Undeclared.usual(providers)),
                beats,
                "process",
                Timeouts.defaults(),
                beats::close);
    }

    /// The row of a consumer.
    public static int row(DataBlockConsumer consumer) {
        return ((ConsumerHandle) consumer).row();
    }
}
