package org.datahub.memory.shm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.Configured;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.Placement;
import org.datahub.api.spi.Reservation;
import org.datahub.api.spi.SegmentAllocator;
import org.datahub.api.spi.SegmentAllocatorContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShmSegmentAllocatorTest extends SegmentAllocatorContract {
    @Override
    protected SegmentAllocator allocator() {
        return new ShmSegmentAllocator();
    }

    @Test
    void segmentsLiveInTheBlocksOwnDirectory() {
        assertEquals("shm", allocator().name());
        assertEquals("", allocator().locator());
    }

    @Test
    void programsWithoutAContainerFindIt() {
        SegmentAllocator found =
                ServiceLoader.load(SegmentAllocator.class).findFirst().orElseThrow();
        assertInstanceOf(ShmSegmentAllocator.class, found);
    }

    @Test
    void nothingIsMadeWhereTheControlGroupHasNoRoom(@TempDir Path path) throws IOException {
        Path files = Files.createDirectory(path.resolve("group"));
        SegmentAllocator limited = new ShmSegmentAllocator(
                Settings.kernel(),
                Configured.with(Placement.ANYWHERE),
                Reservation.limitedBy(
                        Files.writeString(files.resolve("memory.max"), "10000\n"),
                        Files.writeString(files.resolve("memory.current"), "6000\n"),
                        files.resolve("memory.stat")));
        Kernel kernel = ServiceLoader.load(Kernel.class).findFirst().orElseThrow();
        try (Directory block = kernel.openDirectory(Files.createDirectory(path.resolve("block")))) {
            DataHubException refused =
                    assertThrows(DataHubException.class, () -> limited.allocate(block, "", "data.1", 8192));
            assertEquals(ErrorCode.MEMORY_LIMIT, refused.code());
            assertEquals(List.of(), block.list());
            limited.allocate(block, "", "data.1", 4000).close();
        }
    }
}
