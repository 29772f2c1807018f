package org.datahub.memory.hugepages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.SegmentAllocator;
import org.datahub.api.testing.HugePagePool;
import org.datahub.api.testing.SharedMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GiganticPagesTest {
    @TempDir(factory = SharedMemory.class)
    private Path place;

    @Test
    void aSegmentHasAPageOf1GiB() {
        Kernel kernel = ServiceLoader.load(Kernel.class).findFirst().orElseThrow();
        try (HugePagePool pool = HugePagePool.mount(HugePagePool.LARGE, 1);
                Directory block = kernel.openDirectory(place)) {
            SegmentAllocator allocator =
                    new HugePages().configured(Map.of("mount", pool.path().toString(), "page.size", "1GiB"));
            String locator = allocator.locator();
            try (Arena arena = Arena.ofConfined();
                    Allocation segment = allocator.allocate(block, locator, "data.1", 4096)) {
                assertEquals(1L << 30, segment.pageBytes());
                assertEquals(1L << 30, segment.file().status().bytes());
                MemorySegment mapping = segment.file().map(1L << 30, true, arena);
                mapping.set(ValueLayout.JAVA_LONG, (1L << 30) - 8, 42);
                assertEquals(42, mapping.get(ValueLayout.JAVA_LONG, (1L << 30) - 8));
            }
            allocator.release(block, locator, "data.1");
        }
    }
}
