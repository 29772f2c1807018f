package org.datahub.api.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.testing.Command;
import org.datahub.api.testing.SharedMemory;
import org.datahub.api.testing.SmallFileSystem;
import org.datahub.api.testing.Umask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds for every allocator. A provider's test extends it, and has a [Kernel] on its class
/// path.
public abstract class SegmentAllocatorContract {
    private static final String FILE = "data.1";
    private static final Duration AT_ONCE = Duration.ofSeconds(30);

    private final Kernel kernel = ServiceLoader.load(Kernel.class).findFirst().orElseThrow();

    @TempDir(factory = SharedMemory.class)
    private Path path;

    private Directory block;
    private SegmentAllocator allocator;
    private String locator; // of the segment that the test makes

    /// The allocator that is tried.
    protected abstract SegmentAllocator allocator();

    @BeforeEach
    void openBlock() {
        block = kernel.openDirectory(path);
        allocator = allocator();
        locator = allocator.locator();
    }

    @AfterEach
    void closeBlock() {
        allocator.release(block, locator, FILE);
        block.close();
    }

    @Test
    void itsNameAndPlaceFitTheGenerationTable() {
        int name = allocator.name().getBytes(StandardCharsets.UTF_8).length;
        assertTrue(name >= 1 && name <= 32, allocator.name());
        assertTrue(locator.getBytes(StandardCharsets.UTF_8).length <= 256, locator);
        assertTrue(locator.isEmpty() || locator.startsWith("/"), locator);
        assertTrue(locator.isEmpty() || !locator.equals(allocator.locator()), "two segments share a place");
        assertEquals(1, Long.bitCount(allocator.pageBytes()), "pageBytes=" + allocator.pageBytes());
        assertTrue(allocator.pageBytes() >= 4096, "pageBytes=" + allocator.pageBytes());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 1000, (64 << 20) / 4096, (130 << 20) / 4096 + 1})
    void aSegmentHasTheSizeAskedForAndEveryByteOfItIsReserved(long pages) {
        long bytes = Math.max(pages * 4096, allocator.pageBytes());
        try (Allocation segment = allocator.allocate(block, locator, FILE, bytes)) {
            FileStatus status = segment.file().status();
            long page = segment.pageBytes();
            if (segment.remark().isEmpty()) assertEquals(allocator.pageBytes(), page);
            assertEquals(0, status.bytes() % page, "whole pages");
            assertTrue(status.bytes() >= bytes && status.bytes() < bytes + allocator.pageBytes(), status::toString);
            assertEquals(FileStatus.Kind.REGULAR, status.kind());
            assertEquals(kernel.uid(), status.uid());
            long reserved = 512
                    * Long.parseLong(Command.run("stat", "--format=%b", file().toString())
                            .strip());
            assertTrue(reserved >= bytes, "bytes=" + bytes + ", reserved=" + reserved);
        }
    }

    /// What the allocator would make before the file.
    private void makePlace() throws IOException {
        Files.createDirectories(file().getParent());
    }

    private Path file() {
        Path folder = locator.isEmpty() ? path : Path.of(locator);
        return folder.resolve(FILE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 022, 077, 0777})
    void itsModeIsTheSameWhateverTheUmask(int mask) {
        try (Umask changed = new Umask(mask);
                Allocation segment = allocator.allocate(block, locator, FILE, allocator.pageBytes())) {
            assertEquals(0640, segment.file().status().mode());
        }
    }

    @Test
    void aNewSegmentIsZeroFromEndToEnd() {
        long bytes = 2 * allocator.pageBytes();
        try (Arena arena = Arena.ofConfined();
                Allocation segment = allocator.allocate(block, locator, FILE, bytes)) {
            assertEquals(-1, segment.file().map(bytes, true, arena).mismatch(arena.allocate(bytes)));
        }
    }

    @Test
    void whatIsWrittenByOneIsReadByAnotherWhoOpensIt() {
        long bytes = allocator.pageBytes();
        try (Arena arena = Arena.ofConfined();
                Allocation made = allocator.allocate(block, locator, FILE, bytes);
                NativeFile read = allocator.open(block, locator, FILE, false)) {
            MemorySegment there = made.file().map(bytes, true, arena);
            MemorySegment here = read.map(bytes, false, arena);
            there.set(ValueLayout.JAVA_LONG, bytes - 8, 42);
            assertEquals(42, here.get(ValueLayout.JAVA_LONG, bytes - 8));
            assertTrue(here.isReadOnly());
            assertTrue(read.status().same(made.file().status()));
            assertThrows(RuntimeException.class, () -> read.map(bytes, true, arena), "opened to read only");
        }
    }

    @Test
    void aSegmentOpenedForWritingIsTheProducers() {
        long bytes = allocator.pageBytes();
        allocator.allocate(block, locator, FILE, bytes).close();
        try (Arena arena = Arena.ofConfined();
                NativeFile segment = allocator.open(block, locator, FILE, true)) {
            segment.map(bytes, true, arena).set(ValueLayout.JAVA_LONG, 0, 42);
        }
    }

    @Test
    void aSegmentThatExistsIsRefusedAndStaysAsItWas() {
        long bytes = allocator.pageBytes();
        try (Arena arena = Arena.ofConfined();
                Allocation made = allocator.allocate(block, locator, FILE, bytes)) {
            NativeFile first = made.file();
            MemorySegment mapping = first.map(bytes, true, arena);
            mapping.set(ValueLayout.JAVA_LONG, 0, 42);
            KernelException refused =
                    assertThrows(KernelException.class, () -> allocator.allocate(block, locator, FILE, 2 * bytes));
            assertEquals(KernelException.EEXIST, refused.errno());
            assertEquals(bytes, first.status().bytes());
            try (NativeFile again = allocator.open(block, locator, FILE, false)) {
                assertTrue(again.status().same(first.status()));
                assertEquals(42, again.map(bytes, false, arena).get(ValueLayout.JAVA_LONG, 0));
            }
        }
    }

    @Test
    void aMappingSurvivesReleaseAndTheAllocator() {
        long bytes = allocator.pageBytes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapping;
            try (Allocation segment = allocator.allocate(block, locator, FILE, bytes)) {
                mapping = segment.file().map(bytes, true, arena);
            }
            mapping.set(ValueLayout.JAVA_LONG, 0, 42);
            allocator.release(block, locator, FILE);
            assertEquals(42, mapping.get(ValueLayout.JAVA_LONG, 0));
            mapping.set(ValueLayout.JAVA_LONG, bytes - 8, 43);
            assertEquals(43, mapping.get(ValueLayout.JAVA_LONG, bytes - 8));
        }
    }

    @Test
    void whatIsReleasedIsGoneAndReleasingItAgainIsNoError() {
        allocator.allocate(block, locator, FILE, allocator.pageBytes()).close();
        allocator.release(block, locator, FILE);
        assertNull(allocator.open(block, locator, FILE, false));
        assertEquals(List.of(), block.list());
        allocator.release(block, locator, FILE);
    }

    @Test
    void manyThreadsMayAllocateAtOnce() throws InterruptedException {
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = IntStream.range(2, 6)
                .mapToObj(i -> Thread.ofPlatform().start(() -> {
                    try {
                        allocateAndRelease("data." + i);
                    } catch (Throwable t) {
                        failures.add(t);
                    }
                }))
                .toList();
        for (Thread thread : threads) assertTrue(thread.join(Duration.ofSeconds(30)), "hangs: " + thread);
        assertEquals(List.of(), List.copyOf(failures));
        assertEquals(List.of(), block.list());
    }

    private void allocateAndRelease(String name) {
        for (int round = 0; round < 50; round++) {
            String place = allocator.locator();
            try (Allocation segment = allocator.allocate(block, place, name, allocator.pageBytes())) {
                assertEquals(allocator.pageBytes(), segment.file().status().bytes());
            }
            allocator.release(block, place, name);
        }
    }

    // No room. These three need a file system of their own; allocators with memory elsewhere override them.

    @Test
    protected void aSegmentLargerThanTheFileSystemIsRefusedAndLeavesNothing() {
        try (SmallFileSystem small = SmallFileSystem.mount("size=1m");
                Directory full = kernel.openDirectory(small.path())) {
            refusedForRoom(full, full, 2 << 20);
            allocator.allocate(full, locator, FILE, 512 << 10).close();
            assertEquals(List.of(FILE), full.list(), "what does fit is given");
        }
    }

    @Test
    protected void aFileSystemThatFillsUpBehindTheCheckLeavesNothingEither() {
        try (SmallFileSystem small = SmallFileSystem.mount("size=1m");
                Directory full = kernel.openDirectory(small.path())) {
            refusedForRoom(full, new HopefulDirectory(full), 2 << 20);
        }
    }

    @Test
    protected void aFileSystemWithoutInodesIsFullToo() {
        try (SmallFileSystem small = SmallFileSystem.mount("size=1m,nr_inodes=1");
                Directory full = kernel.openDirectory(small.path())) {
            refusedForRoom(full, full, 4096);
        }
    }

    private void refusedForRoom(Directory full, Directory asked, long bytes) {
        DataHubException refused =
                assertThrows(DataHubException.class, () -> allocator.allocate(asked, locator, FILE, bytes));
        assertEquals(ErrorCode.NO_SPACE, refused.code());
        assertTrue(refused.getMessage().contains("bytes=" + bytes), refused.getMessage());
        assertTrue(refused.getMessage().contains(full.path()), refused.getMessage());
        assertEquals(List.of(), full.list());
    }

    // What stands under a segment's name may be somebody else's idea.

    @Test
    protected void openingWhatIsNotThereIsNoError() {
        assertNull(allocator.open(block, locator, FILE, false));
        assertNull(allocator.open(block, locator, FILE, true));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    protected void aFifoNeverBlocksWhoOpensIt(boolean writable) throws IOException {
        makePlace();
        Command.run("mkfifo", file().toString());
        assertTimeoutPreemptively(AT_ONCE, () -> {
            try (NativeFile fifo = allocator.open(block, locator, FILE, writable)) {
                assertEquals(FileStatus.Kind.OTHER, fifo.status().kind());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    protected void aLinkIsNeverFollowed(boolean writable) throws IOException {
        makePlace();
        Path target = Files.writeString(path.resolve("target"), "kept");
        Files.createSymbolicLink(file(), target);
        KernelException refused =
                assertThrows(KernelException.class, () -> allocator.open(block, locator, FILE, writable));
        assertEquals(KernelException.ELOOP, refused.errno());
        KernelException exists = assertThrows(
                KernelException.class, () -> allocator.allocate(block, locator, FILE, allocator.pageBytes()));
        assertEquals(KernelException.EEXIST, exists.errno());
        assertEquals("kept", Files.readString(target));
        assertTrue(Files.isSymbolicLink(file()));
        allocator.release(block, locator, FILE);
        assertEquals("kept", Files.readString(target), "releasing removes the link, not what it names");
    }

    @Test
    protected void aDirectoryIsSeenForWhatItIs() throws IOException {
        makePlace();
        Files.createDirectory(file());
        try (NativeFile directory = allocator.open(block, locator, FILE, false)) {
            assertNotNull(directory);
            assertEquals(FileStatus.Kind.DIRECTORY, directory.status().kind());
        }
        KernelException refused = assertThrows(KernelException.class, () -> allocator.open(block, locator, FILE, true));
        assertEquals(KernelException.EISDIR, refused.errno());
        Files.delete(file());
    }

    /// Says that there is room for everything, as a file system does that somebody fills in this
    /// moment.
    private record HopefulDirectory(Directory real) implements Directory {
        @Override
        public long usableBytes() {
            return Long.MAX_VALUE;
        }

        @Override
        public String path() {
            return real.path();
        }

        @Override
        public FileStatus status() {
            return real.status();
        }

        @Override
        public FileStatus status(String name) {
            return real.status(name);
        }

        @Override
        public Directory openDirectory(String name) {
            return real.openDirectory(name);
        }

        @Override
        public void makeDirectory(String name, int mode) {
            real.makeDirectory(name, mode);
        }

        @Override
        public void group(int gid) {
            real.group(gid);
        }

        @Override
        public NativeFile open(String name, boolean writable) {
            return real.open(name, writable);
        }

        @Override
        public NativeFile create(String name, int mode) {
            return real.create(name, mode);
        }

        @Override
        public boolean rename(String from, String to) {
            return real.rename(from, to);
        }

        @Override
        public void unlink(String name) {
            real.unlink(name);
        }

        @Override
        public void removeDirectory(String name) {
            real.removeDirectory(name);
        }

        @Override
        public List<String> list() {
            return real.list();
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
