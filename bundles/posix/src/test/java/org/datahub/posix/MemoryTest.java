package org.datahub.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.testing.SharedMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where pages are, whether they stay, and how large they are.
class MemoryTest {
    private static final long LARGE = 2L << 20;
    private static final int EINVAL = 22;

    private final PosixKernel kernel = new PosixKernel();

    @TempDir(factory = SharedMemory.class)
    private Path path;

    @TempDir
    private Path elsewhere;

    @Test
    void whatCanHaveLargePagesBeginsAtAMultipleOfTheirSize() {
        try (Arena arena = Arena.ofConfined()) {
            for (int round = 0; round < 20; round++) {
                assertEquals(0, mapped("large-" + round, LARGE + 4096, arena).address() % LARGE);
                mapped("small-" + round, 4096, arena);
            }
        }
    }

    private MemorySegment mapped(String name, long bytes, Arena arena) {
        try (Directory directory = kernel.openDirectory(path);
                NativeFile file = directory.create(name, 0600)) {
            file.reserve(bytes);
            return file.map(bytes, true, arena);
        }
    }

    /// Whether the kernel finds large pages is its own business; that it says so is ours.
    @Test
    void collapsedPagesAreCountedAndKeepWhatTheyHold() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapping = mapped("b", 2 * LARGE, arena);
            mapping.set(ValueLayout.JAVA_LONG, LARGE + 8, 42);
            assertEquals(0, kernel.collapsedBytes(mapping));
            int errno = kernel.collapse(mapping);
            long got = kernel.collapsedBytes(mapping);
            assertTrue(errno == 0 ? got == 2 * LARGE : got < 2 * LARGE, "errno=" + errno + ", bytes=" + got);
            assertEquals(42, mapping.get(ValueLayout.JAVA_LONG, LARGE + 8));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 262_143, 262_144, 262_145, 1_000_003})
    void aCopyIsExactFromTheHeapAndFromMemory(int bytes) {
        byte[] source = new byte[bytes + 20];
        new Random(bytes).nextBytes(source);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = mapped("b", 1 << 20, arena);
            MemorySegment outside = arena.allocate(source.length);
            MemorySegment.copy(source, 0, outside, ValueLayout.JAVA_BYTE, 0, source.length);
            for (MemorySegment from : List.of(MemorySegment.ofArray(source), outside)) {
                to.fill((byte) 1);
                kernel.copy(from, 3, to, 5, bytes);
                byte[] expected = new byte[1 << 20];
                Arrays.fill(expected, (byte) 1);
                System.arraycopy(source, 3, expected, 5, bytes);
                assertArrayEquals(expected, to.toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    /// Java's own copy, that is: the C library would end this process.
    @Test
    void aSourceOfDataHubThatIsGoneIsAnErrorAndNotTheEnd() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = mapped("b", 1 << 20, arena);
            MemorySegment from = mapped("gone", 1 << 20, arena);
            try (FileChannel file = FileChannel.open(path.resolve("gone"), StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
            assertThrows(InternalError.class, () -> kernel.copy(from, 0, to, 0, 1 << 20));
        }
    }

    @Test
    void aMappingIsKnownUntilItGoes() {
        Arena arena = Arena.ofConfined();
        long address = mapped("a", 8192, arena).address();
        long other = mapped("b", 8192, arena).address();
        assertTrue(Mappings.hold(address, 1) && Mappings.hold(address + 8191, 1) && Mappings.hold(other, 1));
        assertTrue(Mappings.hold(address - 100, 101));
        arena.close();
        assertFalse(Mappings.hold(address, 8192) || Mappings.hold(other, 8192));
    }

    @Test
    void aFileOfAMemoryFileSystemIsInMemory() throws Exception {
        assertTrue(inMemory(path));
        String disk = Files.getFileStore(elsewhere).type();
        assertEquals(Set.of("tmpfs", "ramfs", "hugetlbfs").contains(disk), inMemory(elsewhere), disk);
    }

    private boolean inMemory(Path where) {
        try (Directory open = kernel.openDirectory(where);
                NativeFile file = open.create("in-memory", 0600)) {
            return file.inMemory();
        }
    }

    @Test
    void aCopyBeyondEitherEndIsRefusedBeforeAByteIsCopied() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = mapped("b", 1 << 20, arena);
            MemorySegment from = MemorySegment.ofArray(new byte[600_000]).fill((byte) 1);
            assertThrows(IndexOutOfBoundsException.class, () -> kernel.copy(from, 1, to, 0, 600_000));
            assertThrows(IndexOutOfBoundsException.class, () -> kernel.copy(from, 0, to, 600_000, 600_000));
            assertThrows(IndexOutOfBoundsException.class, () -> kernel.copy(from, -1, to, 0, 5000));
            assertEquals(-1, to.mismatch(arena.allocate(1 << 20)), "some byte is not 0 any more");
        }
    }

    @Test
    void adviceThatTheKernelRefusesIsAnErrno() {
        MemorySegment nowhere = MemorySegment.ofAddress(LARGE).reinterpret(4096);
        assertEquals(KernelException.ENOMEM, kernel.lock(nowhere));
        assertTrue(kernel.collapse(nowhere) > 0);
        assertTrue(kernel.nodeOf(nowhere, 0) < 0);
    }

    @Test
    void memoryComesFromTheNodeThatIsAskedFor() {
        Thread caller = Thread.currentThread();
        MemorySegment mapping = kernel.onNode(0, errno -> {
            assertEquals(0, errno);
            assertNotSame(caller, Thread.currentThread(), "a policy is its thread's");
            return mapped("b", LARGE, Arena.ofAuto());
        });
        assertEquals(0, kernel.nodeOf(mapping, LARGE / 2));
    }

    @Test
    void aNodeThatIsNotThereIsAnErrnoAndTheWorkIsDone() {
        assertEquals(EINVAL, kernel.<Integer>onNode(1000, errno -> errno));
        assertThrows(IllegalArgumentException.class, () -> kernel.onNode(1024, errno -> errno));
        assertThrows(IllegalArgumentException.class, () -> kernel.onNode(-1, errno -> errno));
    }

    @Test
    void whatTheWorkThrowsIsThrown() {
        assertThrows(
                KernelException.class,
                () -> kernel.onNode(0, errno -> {
                    throw new KernelException("on purpose", KernelException.ENOSPC);
                }));
        assertThrows(
                StackOverflowError.class,
                () -> kernel.onNode(0, errno -> {
                    throw new StackOverflowError("on purpose");
                }));
    }

    @Test
    void anInterruptDoesNotLeaveTheWorkHalfDone() {
        AtomicBoolean done = new AtomicBoolean();
        Thread.currentThread().interrupt();
        kernel.onNode(0, errno -> done.getAndSet(true));
        assertTrue(Thread.interrupted(), "the interrupt is kept");
        assertTrue(done.get());
    }
}
