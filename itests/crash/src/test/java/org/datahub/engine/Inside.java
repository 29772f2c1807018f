package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.Participant;
import org.datahub.api.Timeouts;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.SegmentAllocator;

/// What a test needs of the engine that programs do not: a hub on a kernel of its own, and deaths
/// that take no process.
public final class Inside {
    private static final Duration BEAT = Duration.ofMillis(20);

    private Inside() {}

    /// A hub on `kernel`, with every provider on the class path.
    public static DataHub hub(Kernel kernel, Path directory, String label) {
        return hub(kernel, directory, label, "");
    }

    /// The same without one of the allocators.
    public static DataHub hub(Kernel kernel, Path directory, String label, String missing) {
        Providers providers = new Providers();
        for (SegmentAllocator allocator : ServiceLoader.load(SegmentAllocator.class)) {
            if (allocator.name().equals(missing)) continue;
            boolean files = allocator.name().equals("file");
            Map<String, String> words = Map.of("directory", home(directory).toString());
            providers.add(files ? allocator.configured(words) : allocator, 0);
        }
        ServiceLoader.load(IntegrityProvider.class).forEach(integrity -> providers.add(integrity, 0));
        Beats beats = new Beats(BEAT);
        return new Hub(
                kernel,
                HubDirectory.open(kernel, directory),
                providers,
                new Declarations(Undeclared.usual(providers)),
                beats,
                label,
                Timeouts.defaults(),
                beats::close);
    }

    /// Where blocks of the allocator `file` are.
    public static Path home(Path directory) {
        return directory.resolveSibling(directory.getFileName() + "-home");
    }

    /// The participant dies as far as others can see: its lock byte is free, and nothing of it
    /// happens any more.
    public static void die(DataHub hub, Participant participant) {
        Handle handle = (Handle) participant;
        handle.occupancy.fail(handle.block.gone());
        ((Hub) hub).forget(handle);
        handle.block.lock.close();
    }

    /// The producer dies in the middle of a commit of two slots, the second stamped and the first
    /// not.
    public static void dieBetweenTwoStamps(DataHub hub, DataBlockProducer producer) {
        if (producer.claimBatch(2, Duration.ZERO) != 2) throw new AssertionError("gated: slot=" + producer.next());
        MemorySegment data = producer.segment();
        SlotHeader.commit(data, producer.offset(1) - SlotHeader.BYTES, producer.next() + 1);
        die(hub, producer);
    }

    /// The producer of a state block dies between its last two stores: the buffer is stamped, and
    /// `latest` does not name it.
    public static void dieBeforeLatest(DataHub hub, DataBlockProducer producer) {
        producer.claim(Duration.ZERO);
        SlotHeader.commit(producer.segment(), producer.offset() - SlotHeader.BYTES, producer.next());
        die(hub, producer);
    }

    /// Whether what the consumer holds stands in the data segment: it was acknowledged.
    public static boolean inPlace(DataBlockConsumer consumer) {
        return consumer.segment() == ((Handle) consumer).block.data;
    }

    /// Whether the producer of the consumer's block has said that it sleeps, and nobody has woken
    /// it since.
    public static boolean producerSleeps(DataBlockConsumer consumer) {
        return Words.opaqueInt(((Handle) consumer).block.control, ControlLayout.PRODUCER_ASLEEP) != 0;
    }
}
