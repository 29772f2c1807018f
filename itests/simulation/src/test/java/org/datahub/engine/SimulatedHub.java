package org.datahub.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.Participant;
import org.datahub.api.Timeouts;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.SegmentAllocator;

/// The door to the engine: a hub on a kernel of the caller's choice.
public final class SimulatedHub {
    private static final Duration NEVER = Duration.ofDays(1);

    private SimulatedHub() {}

    /// The hub of one process.
    public static DataHub open(
            Kernel kernel, List<SegmentAllocator> allocators, List<? extends IntegrityProvider> algorithms) {
        Providers providers = new Providers();
        for (SegmentAllocator allocator : allocators) providers.add(allocator, 0);
        for (IntegrityProvider algorithm : algorithms) providers.add(algorithm, 0);
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

    /// What housekeeping does for a handle, done by its own thread.
    public static void housekeep(Participant handle) {
        Handle own = (Handle) handle;
        own.beat(own.block.kernel.nanos());
        own.errand();
    }

    /// Has the producer take a request for a handover between two slots; whether it begins with it.
    public static boolean handOver(DataBlockProducer producer, HandoverSpec spec, Duration patience) {
        Handover.Wanted wanted =
                new Handover.Wanted(spec.allocator(), spec.slots(), spec.slotBytes(), spec.force(), patience.toNanos());
        return carryOut(producer, ControlLayout.HANDOVER, wanted.values());
    }

    /// Has the producer take a request to give it up; whether there was one.
    public static boolean cancel(DataBlockProducer producer) {
        return carryOut(producer, ControlLayout.CANCEL, new long[1]);
    }

    private static boolean carryOut(DataBlockProducer producer, long kind, long[] values) {
        return ((Producer) producer).carryOut(new Request(1, kind, values)).answer() == Answer.DONE;
    }

    /// The row of a consumer.
    public static int row(DataBlockConsumer consumer) {
        return ((ConsumerHandle) consumer).row();
    }
}
