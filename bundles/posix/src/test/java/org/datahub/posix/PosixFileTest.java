package org.datahub.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.testing.Command;
import org.datahub.api.testing.SharedMemory;
import org.datahub.api.testing.SmallFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PosixFileTest {
    private static final int EINVAL = 22;

    private final PosixKernel kernel = new PosixKernel();

    @TempDir(factory = SharedMemory.class)
    private Path path;

    private Directory directory;
    private NativeFile file;

    @BeforeEach
    void create() {
        directory = kernel.openDirectory(path);
        file = directory.create("file", 0600);
    }

    @AfterEach
    void close() {
        file.close();
        directory.close();
    }

    // Reserve.

    @ParameterizedTest
    @ValueSource(longs = {1, 4095, 4096, 10_000, 64 << 20, (64 << 20) + 1, (130L << 20) + 4096})
    void reservedBytesAreBackedByMemory(long bytes) {
        file.reserve(bytes);
        assertEquals(bytes, file.status().bytes());
        long blocks =
                Long.parseLong(Command.run("stat", "--format=%b", file.path()).strip());
        assertTrue(512 * blocks >= bytes, "bytes=" + bytes + ", blocks=" + blocks);
    }

    @Test
    void whatCannotBeReservedIsAnErrorAndNoSignalLater() {
        try (SmallFileSystem small = SmallFileSystem.mount("size=1m");
                Directory there = kernel.openDirectory(small.path());
                NativeFile large = there.create("file", 0600)) {
            KernelException refused = assertThrows(KernelException.class, () -> large.reserve(2 << 20));
            assertEquals(KernelException.ENOSPC, refused.errno());
        }
    }

    // Map.

    @Test
    void twoMappingsShowTheSameMemory() {
        file.reserve(8192);
        try (Arena arena = Arena.ofConfined();
                NativeFile again = directory.open("file", false)) {
            MemorySegment writable = file.map(8192, true, arena);
            MemorySegment readOnly = again.map(8192, false, arena);
            writable.set(ValueLayout.JAVA_LONG, 8184, 42);
            assertEquals(42, readOnly.get(ValueLayout.JAVA_LONG, 8184));
            assertEquals(8192, readOnly.byteSize());
            assertEquals(0, readOnly.get(ValueLayout.JAVA_LONG, 0), "new memory is zero");
        }
    }

    /// Both locks on the door: Java refuses the store, and so would the processor.
    @Test
    void aMappingToReadTakesNoStore() throws IOException {
        file.reserve(4096);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment readOnly = file.map(4096, false, arena);
            assertTrue(readOnly.isReadOnly());
            assertThrows(IllegalArgumentException.class, () -> readOnly.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
            assertEquals("r--s", permissions());
        }
        try (Arena arena = Arena.ofConfined()) {
            assertFalse(file.map(4096, true, arena).isReadOnly());
            assertEquals("rw-s", permissions());
        }
    }

    private String permissions() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.endsWith(file.path()))
                .map(line -> line.split(" ")[1])
                .reduce((one, two) -> one + " " + two)
                .orElse("");
    }

    @Test
    void aFileOpenedToReadIsNotMappedToWrite() {
        file.reserve(4096);
        try (Arena arena = Arena.ofConfined();
                NativeFile reading = directory.open("file", false)) {
            assertThrows(IllegalStateException.class, () -> reading.map(4096, true, arena));
        }
    }

    @Test
    void aMappingLivesAsLongAsItsArena() throws IOException {
        file.reserve(4096);
        MemorySegment mapping;
        try (Arena arena = Arena.ofShared()) {
            mapping = file.map(4096, true, arena);
            file.close();
            directory.unlink("file");
            mapping.set(ValueLayout.JAVA_LONG, 0, 42);
            assertEquals(42, mapping.get(ValueLayout.JAVA_LONG, 0));
        }
        assertThrows(IllegalStateException.class, () -> mapping.get(ValueLayout.JAVA_LONG, 0));
        assertFalse(Files.readString(Path.of("/proc/self/maps")).contains(path.toString()), "unmapped");
    }

    @Test
    void anEmptyMappingIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            KernelException refused = assertThrows(KernelException.class, () -> file.map(0, true, arena));
            assertEquals(EINVAL, refused.errno());
        }
    }

    // The end.

    @Test
    void aClosedFileIsNotTakenForTheNextOneWithItsDescriptor() {
        file.close();
        file.close();
        try (Arena arena = Arena.ofConfined();
                NativeFile next = directory.create("next", 0600)) {
            next.reserve(4096);
            assertThrows(IllegalStateException.class, file::status);
            assertThrows(IllegalStateException.class, () -> file.map(4096, true, arena));
            assertThrows(IllegalStateException.class, () -> file.reserve(8192));
            assertThrows(IllegalStateException.class, () -> file.lockedByOther(0));
            assertFalse(file.tryLock(0));
            file.unlock(0);
            assertEquals(4096, next.status().bytes());
        }
    }
}
