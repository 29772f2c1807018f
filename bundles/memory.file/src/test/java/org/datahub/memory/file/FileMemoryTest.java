package org.datahub.memory.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.SegmentAllocator;
import org.datahub.api.spi.SegmentAllocatorContract;
import org.datahub.api.testing.SharedMemory;
import org.datahub.api.testing.SmallFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMemoryTest extends SegmentAllocatorContract {
    private final Kernel kernel = ServiceLoader.load(Kernel.class).findFirst().orElseThrow();

    @TempDir
    private Path place;

    @TempDir(factory = SharedMemory.class)
    private Path hub;

    @Override
    protected SegmentAllocator allocator() {
        return in(place);
    }

    private static SegmentAllocator in(Path directory) {
        return new FileMemory().configured(Map.of("directory", directory.toString()));
    }

    @Test
    void aBlockMayKeepItsSegmentWithItsOtherFiles() {
        assertEquals(place.toString(), allocator().home());
        try (Directory block = kernel.openDirectory(hub)) {
            allocator().allocate(block, "", "data.1", 4096).close();
            assertEquals(List.of("data.1"), block.list());
            allocator().release(block, "", "data.1");
            assertEquals(List.of(), block.list());
        }
    }

    @Test
    void programsWithoutAContainerFindIt() {
        assertTrue(
                ServiceLoader.load(SegmentAllocator.class).stream().anyMatch(each -> each.type() == FileMemory.class));
    }

    @Test
    void withoutADirectoryTheMessageNamesTheFile() {
        DataHubException refused = assertThrows(DataHubException.class, new FileMemory()::home);
        assertEquals(ErrorCode.MEMORY_DIRECTORY, refused.code());
        assertTrue(refused.getMessage().contains("config/org.datahub.memory.file.cfg"), refused.getMessage());
    }

    @Test
    void aWordThatCannotBeUsedIsNamed() {
        for (Map<String, String> words : List.of(Map.of("directory", "here"), Map.of("folder", "/tmp"))) {
            DataHubException refused = assertThrows(DataHubException.class, () -> new FileMemory().configured(words));
            assertEquals(ErrorCode.CONFIGURATION, refused.code());
        }
    }

    @Test
    void aDirectoryThatIsNotThereIsRefused() {
        SegmentAllocator nowhere = in(place.resolve("nowhere"));
        try (Directory block = kernel.openDirectory(hub)) {
            DataHubException refused = assertThrows(
                    DataHubException.class, () -> nowhere.allocate(block, nowhere.locator(), "data.1", 4096));
            assertEquals(ErrorCode.MEMORY_DIRECTORY, refused.code());
            assertTrue(refused.getMessage().contains("errno=2"), refused.getMessage());
        }
    }

    @Test
    void onlyWhatTheAllocatorMadeIsReleased() throws IOException {
        Path precious = Files.createDirectories(place.resolve("precious"));
        Files.writeString(precious.resolve("data.1"), "kept");
        try (Directory block = kernel.openDirectory(hub)) {
            allocator().release(block, precious.toString(), "data.1");
        }
        assertEquals("kept", Files.readString(precious.resolve("data.1")));
    }

    // No room: the segment lives elsewhere than the block.

    @Test
    @Override
    protected void aSegmentLargerThanTheFileSystemIsRefusedAndLeavesNothing() {
        refusedForRoom("size=1m", 2 << 20);
    }

    /// The check is right here: two segments that fit one by one do not fit together.
    @Test
    @Override
    protected void aFileSystemThatFillsUpBehindTheCheckLeavesNothingEither() {
        try (SmallFileSystem small = SmallFileSystem.mount("size=1m");
                Directory block = kernel.openDirectory(hub)) {
            SegmentAllocator allocator = in(small.path());
            try (Allocation first = allocator.allocate(block, allocator.locator(), "data.1", 700 << 10)) {
                DataHubException refused = assertThrows(
                        DataHubException.class,
                        () -> allocator.allocate(block, allocator.locator(), "data.1", 700 << 10));
                assertEquals(ErrorCode.NO_SPACE, refused.code());
            }
        }
    }

    @Test
    @Override
    protected void aFileSystemWithoutInodesIsFullToo() {
        refusedForRoom("size=1m,nr_inodes=1", 4096);
    }

    private void refusedForRoom(String limits, long bytes) {
        try (SmallFileSystem small = SmallFileSystem.mount(limits);
                Directory block = kernel.openDirectory(hub)) {
            SegmentAllocator allocator = in(small.path());
            String locator = allocator.locator();
            DataHubException refused =
                    assertThrows(DataHubException.class, () -> allocator.allocate(block, locator, "data.1", bytes));
            assertEquals(ErrorCode.NO_SPACE, refused.code());
            assertTrue(refused.getMessage().contains("bytes=" + bytes), refused.getMessage());
            assertTrue(refused.getMessage().contains(small.path().toString()), refused.getMessage());
            assertFalse(Files.exists(Path.of(locator)));
        }
    }
}
