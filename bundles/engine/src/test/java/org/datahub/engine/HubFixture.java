package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Timeouts;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.SegmentAllocator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A hub directory of its own on real shared memory, and what a test opens in it. Each [Block] has
/// files opened for it
/// alone, so one process can play several: their locks are strangers to each other.
final class HubFixture implements BeforeEachCallback, AfterEachCallback {
    static final Duration SOON = Duration.ofSeconds(10);

    final TestKernel kernel = new TestKernel();
    final Providers providers = new Providers();
    final IntegrityProvider crc32c = ServiceLoader.load(IntegrityProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(provider -> provider.name().equals("crc32c"))
            .findFirst()
            .orElseThrow();

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Path path;
    private Hub hub;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        path = Files.createTempDirectory(
                Path.of("/dev/shm"),
                "datahub-test-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        ServiceLoader.load(SegmentAllocator.class).forEach(allocator -> providers.add(allocator, 0));
        providers.add(crc32c, 0);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        try {
            while (!opened.isEmpty()) opened.pop().close();
        } finally {
            removeTree(path);
        }
    }

    private static void removeTree(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(each);
        }
    }

    Path path() {
        return path;
    }

    Path file(String block, String file) {
        return path.resolve(block).resolve(file);
    }

    /// The one hub that most tests need.
    Hub hub() {
        if (hub == null) hub = open("test");
        return hub;
    }

    /// Another hub on the same directory, with a housekeeping thread of its own.
    Hub open(String label) {
        return open(label, path);
    }

    Hub open(String label, Path where) {
        return open(label, where, providers);
    }

    Hub open(String label, Path where, Providers providers) {
        return open(label, where, providers, Timeouts.defaults());
    }

    Hub open(String label, Path where, Providers providers, Timeouts timeouts) {
        Beats beats = new Beats(Duration.ofMillis(5));
        HubDirectory directory = HubDirectory.open(kernel, where);
        return closing(new Hub(
                kernel,
                directory,
                providers,
                new Declarations(Undeclared.usual(providers)),
                beats,
                label,
                timeouts,
                beats::close));
    }

    /// Closed at the end of the test, the last one first.
    <T extends AutoCloseable> T closing(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    /// Opens a block as another process would.
    Block block(String name, Block.Use use) {
        HubDirectory directory = closing(HubDirectory.open(kernel, path));
        return closing(Block.open(kernel, directory, name, use, providers));
    }

    /// Makes a block and opens it with byte 0 taken, for tests that step the protocol by hand.
    Block produced(BlockSpec spec) {
        hub().declare(spec);
        Block block = block(spec.name(), Block.Use.PRODUCE);
        assertTrue(block.lock.tryLock(org.datahub.api.layout.RowLayout.PRODUCER_LOCK));
        return block;
    }

    static Ringer consumersBell(Block block) {
        return new Ringer(
                block.kernel,
                block.state,
                org.datahub.api.layout.StateLayout.BELL,
                block.control,
                org.datahub.api.layout.ControlLayout.CONSUMERS_ASLEEP);
    }

    static Ringer producersBell(Block block) {
        return new Ringer(
                block.kernel,
                block.control,
                org.datahub.api.layout.ControlLayout.BELL,
                block.control,
                org.datahub.api.layout.ControlLayout.PRODUCER_ASLEEP);
    }

    /// Layer 0 of a producer that stands every stall, on a block whose byte 0 is taken.
    static StreamWriter streamWriter(Block block) {
        Rows rows = new Rows(block);
        Stall stall = new Stall(block, rows, 0, org.datahub.api.StallPolicy.BLOCK);
        Tally tally = new Tally(org.datahub.api.layout.ProducerCounters.LAYOUT);
        return new StreamWriter(block, rows, consumersBell(block), stall, false, tally);
    }

    /// The producer's process dies: the kernel frees its lock byte, and nothing of it happens any
    /// more.
    void kill(DataBlockProducer producer) {
        Producer handle = (Producer) producer;
        handle.fail(handle.block.gone());
        hub().forget(handle);
        handle.block.lock.close();
    }

    /// Names in the hub directory, the hidden ones too.
    List<String> everything() {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Waits for what another thread or process does.
    static void eventually(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(condition);
    }

    /// A 64-bit word of a file, changed behind everybody's back.
    void poke(String block, String file, long offset, long value) throws IOException {
        poke(
                block,
                file,
                offset,
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(0, value)
                        .array());
    }

    void pokeInt(String block, String file, long offset, int value) throws IOException {
        poke(
                block,
                file,
                offset,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0, value)
                        .array());
    }

    void poke(String block, String file, long offset, byte[] bytes) throws IOException {
        try (RandomAccessFile target = new RandomAccessFile(file(block, file).toFile(), "rw")) {
            target.seek(offset);
            target.write(bytes);
        }
    }

    byte[] peek(String block, String file, long offset, int bytes) throws IOException {
        byte[] found = new byte[bytes];
        try (RandomAccessFile source = new RandomAccessFile(file(block, file).toFile(), "r")) {
            source.seek(offset);
            source.readFully(found);
        }
        return found;
    }

    /// Flips the lowest bit of a byte; the same call again flips it back.
    void flip(String block, String file, long offset) throws IOException {
        byte[] one = peek(block, file, offset, 1);
        one[0] ^= 1;
        poke(block, file, offset, one);
        assertEquals(one[0], peek(block, file, offset, 1)[0]);
    }
}
