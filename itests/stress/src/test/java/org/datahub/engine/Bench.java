package org.datahub.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.Delivery;
import org.datahub.api.StallPolicy;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timeouts;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.ProducerCounters;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.SegmentAllocator;

/// Blocks for a stress test, taken in turn. Each is as a new block is, on memory of its own: the
/// first is made as blocks are
/// made, the others are its copies. A place is as new each time it is taken.
final class Bench {
    /// Payload bytes of a slot.
    static final long BYTES = 64;

    // jcstress has fewer states under way: see StressIT.
    private static final int PLACES = 1024;
    private static final Constructor<?> BLOCK = onlyConstructor(Block.class);
    private static final Path MEMORY = Path.of(System.getProperty("datahub.stress.directory"));

    private final Place[] places = new Place[PLACES];
    private int taken;

    private Bench(BlockSpec kind) {
        Kernel kernel = kernel();
        Path path = directory();
        Providers providers = providers();
        HubDirectory directory = HubDirectory.open(kernel, path);
        try (Hub hub = hub(kernel, directory, providers)) {
            hub.declare(kind);
            Block block = Block.open(kernel, directory, kind.name(), Block.Use.PRODUCE, providers);
            // The owner of row 0 lives: another file holds its byte.
            if (!Block.open(kernel, directory, kind.name(), Block.Use.CONSUME, providers)
                    .lock
                    .tryLock(RowLayout.FIRST_LOCK)) throw new IllegalStateException("row 0 is taken");
            for (int index = 0; index < PLACES; index++) places[index] = new Place(block);
        }
        removeTree(path);
    }

    /// Stream blocks of K and B for two participants.
    static Bench stream(int slots, int batch) {
        return new Bench(BlockSpec.named("stream")
                .slots(slots)
                .batch(batch)
                .slotBytes(BYTES)
                .participants(2));
    }

    /// State blocks for two participants with a pin each.
    static Bench state() {
        return new Bench(BlockSpec.named("state")
                .policy(SyncPolicy.LATEST_ONLY)
                .single()
                .slotBytes(BYTES)
                .participants(2));
    }

    static Kernel kernel() {
        return ServiceLoader.load(Kernel.class).findFirst().orElseThrow();
    }

    /// A hub for handles, which want their directory to stay: it is gone when StressIT is done.
    static Hub hub() {
        Kernel kernel = kernel();
        return hub(kernel, HubDirectory.open(kernel, directory()), providers());
    }

    private static Hub hub(Kernel kernel, HubDirectory directory, Providers providers) {
        Beats beats = new Beats(Duration.ofSeconds(1));
        return new Hub(
                kernel,
                directory,
                providers,
                new Declarations(Undeclared.usual(providers)),
                beats,
                "stress",
                Timeouts.defaults(),
                beats::close);
    }

    private static Providers providers() {
        Providers providers = new Providers();
        ServiceLoader.load(SegmentAllocator.class).forEach(allocator -> providers.add(allocator, 0));
        ServiceLoader.load(IntegrityProvider.class).forEach(integrity -> providers.add(integrity, 0));
        return providers;
    }

    private static Constructor<?> onlyConstructor(Class<?> of) {
        Constructor<?> only = of.getDeclaredConstructors()[0];
        only.setAccessible(true);
        return only;
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory(
                    MEMORY, "hub-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeTree(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(each);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The next place, as new.
    synchronized Place take() {
        return places[taken++ % PLACES].renewed();
    }

    /// One block, and what its participants work with.
    static final class Place {
        final Block block;
        final Rows rows;
        private final Block pattern;
        private Generation second; // where a test has one
        private final MemorySegment scratch = Arena.global().allocate(4096, 64);
        private long turn;

        private Place(Block pattern) {
            this.pattern = pattern;
            this.block = over(pattern, like(pattern.state), like(pattern.control), like(pattern.data));
            this.rows = new Rows(block);
        }

        private static MemorySegment like(MemorySegment segment) {
            return Arena.global().allocate(segment.byteSize(), 4096);
        }

        /// A block of the same kind on memory of its own.
        private static Block over(Block pattern, MemorySegment state, MemorySegment control, MemorySegment data) {
            try {
                return (Block) BLOCK.newInstance(
                        pattern.kernel,
                        pattern.name,
                        pattern.hub,
                        new org.datahub.engine.Place(pattern.directory, pattern.directory.status(), null, 0, 0),
                        pattern.lock,
                        Arena.global(),
                        state,
                        control,
                        pattern.shared,
                        new Generation.Source(pattern.directory, state, pattern.ownerUid, true, new Providers()),
                        new Generation(
                                pattern.generation.number(),
                                pattern.generation.entry(),
                                pattern.generation.allocator(),
                                pattern.generation.inMemory(),
                                pattern.geometry,
                                data,
                                Arena.global()));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("the constructor of Block has changed", e);
            }
        }

        private Place renewed() {
            block.state.copyFrom(pattern.state);
            block.control.copyFrom(pattern.control);
            block.data.copyFrom(pattern.data);
            turn++;
            return this;
        }

        /// A generation of the same kind that is prepared, and can be cut over to.
        Generation second() {
            if (second == null) {
                MemorySegment data = like(pattern.data);
                Generation first = pattern.generation;
                second = new Generation(
                        2, 1, first.allocator(), first.inMemory(), pattern.geometry, data, Arena.global());
            }
            second.data().copyFrom(pattern.data);
            SegmentEntry.begin(block.state, second.entry(), second.number(), second.allocator(), "");
            SegmentEntry.phase(block.state, second.entry(), GenerationEntry.PREPARED);
            return second;
        }

        /// Which time this place was taken.
        long turn() {
            return turn;
        }

        /// What those find who still hold the place when it is taken again.
        void requireTurn(long mine) {
            if (turn != mine) throw new IllegalStateException("more states under way than there are places");
        }

        Ringer ringer() {
            return new Ringer(
                    block.kernel, block.state, StateLayout.BELL, block.control, ControlLayout.CONSUMERS_ASLEEP);
        }

        StreamWriter writer() {
            return writer(StallPolicy.BLOCK);
        }

        StreamWriter writer(StallPolicy policy) {
            Tally tally = new Tally(ProducerCounters.LAYOUT);
            return new StreamWriter(block, rows, ringer(), new Stall(block, rows, 0, policy), false, tally);
        }

        StateWriter stateWriter() {
            return new StateWriter(block, ringer());
        }

        /// Reads from `start`; lossless in row 0 if it joined at `epoch`, else an observer.
        StreamReader reader(long epoch, long start) {
            return new StreamReader(
                    block, new Scratch(scratch), succession(), producers(), rows, 0, epoch > 0, false, epoch, start);
        }

        Succession succession() {
            return new Succession(block, rows, 0, producers());
        }

        private Ringer producers() {
            return new Ringer(
                    block.kernel, block.control, ControlLayout.BELL, block.control, ControlLayout.PRODUCER_ASLEEP);
        }

        StateReader stateReader(boolean pinning) {
            return new StateReader(block, new Scratch(scratch), succession(), 0, pinning);
        }

        long join(long start) {
            return rows.activate(0, Delivery.LOSSLESS, start);
        }
    }

    /// Fills the claimed slot n.
    static void fill(MemorySegment data, long cell, long n) {
        for (long word = 0; word < BYTES; word += Long.BYTES) {
            Words.plain(data, cell + SlotHeader.BYTES + word, n + 1);
        }
        SlotHeader.describe(data, cell, BYTES, 0, 0);
        SlotHeader.mark(data, cell, n + 1, n + 1);
    }

    /// Writes the next slot, if the gate is open.
    static boolean write(SlotWriter writer) {
        if (!writer.claim()) return false;
        fill(writer.data(), writer.cell(), writer.next());
        writer.commit();
        return true;
    }

    static void write(SlotWriter writer, int count) {
        for (int i = 0; i < count; i++) {
            if (!write(writer)) throw new IllegalStateException("gated: slot=" + writer.next());
        }
    }

    /// Whether the slot that is held is slot n, every byte of it.
    static boolean whole(SlotReader reader, int index, long n) {
        MemorySegment from = reader.segment();
        long header = reader.header(index);
        long wrong = Words.plain(from, header + SlotHeader.BYTES) ^ n + 1;
        for (long word = 8; word < BYTES; word += Long.BYTES) {
            wrong |= Words.plain(from, header + SlotHeader.BYTES + word) ^ n + 1;
        }
        wrong |= SlotHeader.user(from, header) ^ n + 1;
        return wrong == 0;
    }

    /// Memory that a reader copies to: it asks once.
    private record Scratch(MemorySegment memory) implements Arena {
        @Override
        public MemorySegment allocate(long bytes, long align) {
            return memory.asSlice(0, bytes, align);
        }

        @Override
        public MemorySegment.Scope scope() {
            return memory.scope();
        }

        @Override
        public void close() {
            // It is there for ever.
        }
    }
}
