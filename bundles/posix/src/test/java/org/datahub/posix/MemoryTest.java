package org.datahub.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.testing.SharedMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where pages are, whether they stay, and how large they are.
class MemoryTest {
    private static final long LARGE = 2L << 20;
    private static final int EINVAL = 22;

    private final PosixKernel kernel = new PosixKernel();

    @TempDir(factory = SharedMemory.class)
    private Path path;

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
