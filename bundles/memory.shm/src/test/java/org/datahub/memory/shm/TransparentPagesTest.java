package org.datahub.memory.shm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.Configured;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.Placement;
import org.datahub.api.spi.SegmentAllocator;
import org.datahub.api.spi.SegmentAllocatorContract;
import org.datahub.api.testing.SharedMemory;
import org.datahub.api.testing.SmallFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransparentPagesTest extends SegmentAllocatorContract {
    private static final long LARGE = 2L << 20;
    private static final int EINVAL = 22;

    private final Kernel kernel = Settings.kernel();

    @TempDir(factory = SharedMemory.class)
    private Path place;

    @Override
    protected SegmentAllocator allocator() {
        return new TransparentPages();
    }

    @Test
    void programsWithoutAContainerFindIt() {
        assertTrue(ServiceLoader.load(SegmentAllocator.class).stream()
                .anyMatch(each -> each.type() == TransparentPages.class));
    }

    /// What the kernel says afterwards is what the segment says.
    @Test
    void whatWasGotIsWhatIsThere() {
        try (Directory block = kernel.openDirectory(place);
                Arena arena = Arena.ofConfined();
                Allocation segment = allocator().allocate(block, "", "data.1", 3 * LARGE)) {
            MemorySegment mapping = segment.file().map(3 * LARGE, true, arena);
            for (long at = 0; at < mapping.byteSize(); at += LARGE) mapping.set(ValueLayout.JAVA_LONG, at, 1);
            long there = kernel.collapsedBytes(mapping);
            if (segment.remark().isEmpty()) assertEquals(3 * LARGE, there);
            else assertTrue(segment.remark().startsWith("large pages for "), segment.remark());
            assertEquals(segment.remark().isEmpty() ? LARGE : 4096, segment.pageBytes());
        }
    }

    /// A kernel that can't do it, or will not.
    @Test
    void whatWasNotGotIsToldAndNoError() {
        Kernel refusing = (Kernel) Proxy.newProxyInstance(
                Kernel.class.getClassLoader(),
                new Class<?>[] {Kernel.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "collapse" -> EINVAL;
                    case "collapsedBytes" -> 0L;
                    default -> method.invoke(kernel, arguments);
                });
        try (Directory block = kernel.openDirectory(place);
                Allocation segment = new TransparentPages(refusing, Configured.with(Placement.ANYWHERE))
                        .allocate(block, "", "data.1", 1)) {
            assertEquals(4096, segment.pageBytes());
            assertEquals("large pages for 0 of 2097152 bytes: errno=22", segment.remark());
        }
    }

    /// In whole large pages.
    @Test
    @Override
    protected void aSegmentLargerThanTheFileSystemIsRefusedAndLeavesNothing() {
        try (SmallFileSystem small = SmallFileSystem.mount("size=3m");
                Directory full = kernel.openDirectory(small.path())) {
            DataHubException refused =
                    assertThrows(DataHubException.class, () -> allocator().allocate(full, "", "data.1", LARGE + 1));
            assertEquals(ErrorCode.NO_SPACE, refused.code());
            assertEquals(List.of(), full.list());
            allocator().allocate(full, "", "data.1", LARGE).close();
            assertEquals(List.of("data.1"), full.list());
        }
    }

    @Test
    @Override
    protected void aFileSystemWithoutInodesIsFullToo() {
        try (SmallFileSystem small = SmallFileSystem.mount("size=3m,nr_inodes=1");
                Directory full = kernel.openDirectory(small.path())) {
            DataHubException refused =
                    assertThrows(DataHubException.class, () -> allocator().allocate(full, "", "data.1", 4096));
            assertEquals(ErrorCode.NO_SPACE, refused.code());
            assertEquals(List.of(), full.list());
        }
    }
}
