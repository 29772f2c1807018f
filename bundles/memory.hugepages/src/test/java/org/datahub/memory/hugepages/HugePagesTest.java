package org.datahub.memory.hugepages;

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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.SegmentAllocator;
import org.datahub.api.spi.SegmentAllocatorContract;
import org.datahub.api.testing.HugePagePool;
import org.datahub.api.testing.SharedMemory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// On a mount of its own, with pages that are given back.
class HugePagesTest extends SegmentAllocatorContract {
    private static final long PAGE = HugePagePool.SMALL;
    private static final long PAGES = 72;

    private static HugePagePool pool;

    private final Kernel kernel = ServiceLoader.load(Kernel.class).findFirst().orElseThrow();

    @TempDir(factory = SharedMemory.class)
    private Path place;

    @BeforeAll
    static void mount() {
        pool = HugePagePool.mount(PAGE, PAGES);
    }

    @AfterAll
    static void unmount() {
        if (pool != null) pool.close();
    }

    @Override
    protected SegmentAllocator allocator() {
        return configured("require");
    }

    private SegmentAllocator configured(String pages) {
        return new HugePages().configured(Map.of("mount", pool.path().toString(), "pages", pages));
    }

    @Test
    void theKernelBacksASegmentByPagesOfThisSize() throws IOException {
        SegmentAllocator allocator = allocator();
        String locator = allocator.locator();
        try (Directory block = kernel.openDirectory(place);
                Arena arena = Arena.ofConfined();
                Allocation segment = allocator.allocate(block, locator, "data.1", 5000)) {
            assertEquals(PAGE, segment.file().status().bytes());
            MemorySegment mapping = segment.file().map(PAGE, true, arena);
            mapping.set(ValueLayout.JAVA_LONG, PAGE - 8, 42);
            assertTrue(smaps(mapping.address()).contains("KernelPageSize:     2048 kB"), "in huge pages");
        } finally {
            try (Directory block = kernel.openDirectory(place)) {
                allocator.release(block, locator, "data.1");
            }
        }
        assertFalse(Files.exists(Path.of(locator)), "the directory goes with the segment");
    }

    /// The lines of the mapping that begins there.
    private static String smaps(long address) throws IOException {
        String text = Files.readString(Path.of("/proc/self/smaps"));
        int at = text.indexOf(Long.toHexString(address) + "-");
        return text.substring(at, text.indexOf("VmFlags", at));
    }

    @Test
    void theMountIsFoundWhereNoneIsNamed() {
        SegmentAllocator found = new HugePages().configured(Map.of("page.size", "2MiB"));
        assertTrue(found.locator().startsWith("/"), found.locator());
        assertEquals(PAGE, found.pageBytes());
    }

    @Test
    void programsWithoutAContainerFindIt() {
        List<String> names = ServiceLoader.load(SegmentAllocator.class).stream()
                .map(each -> each.get().name())
                .toList();
        assertTrue(names.contains("hugepages"), names::toString);
    }

    // No room: this memory has a pool of its own.

    @Test
    @Override
    protected void aSegmentLargerThanTheFileSystemIsRefusedAndLeavesNothing() {
        refused(configured("require"), pool.count("free_hugepages") + 1);
        assertEquals(pool.count("nr_hugepages"), pool.count("free_hugepages"), "nothing is held");
    }

    private void refused(SegmentAllocator allocator, long pages) {
        String locator = allocator.locator();
        try (Directory block = kernel.openDirectory(place)) {
            DataHubException refused = assertThrows(
                    DataHubException.class, () -> allocator.allocate(block, locator, "data.1", pages * PAGE));
            assertEquals(ErrorCode.HUGE_PAGES, refused.code());
            for (String part : List.of("pages=" + pages, "page.size=2MiB", "usable=" + (pages - 1), "nr_hugepages")) {
                assertTrue(refused.getMessage().contains(part), refused.getMessage());
            }
            assertEquals(List.of(), block.list());
            assertFalse(Files.exists(Path.of(locator)));
        }
    }

    /// A limit of the mount or of a control group is not seen before: `fallocate` meets it.
    @Test
    @Override
    protected void aFileSystemThatFillsUpBehindTheCheckLeavesNothingEither() {
        try (HugePagePool small = HugePagePool.mount(PAGE, 0, "size=4M");
                Directory block = kernel.openDirectory(place)) {
            SegmentAllocator allocator =
                    new HugePages().configured(Map.of("mount", small.path().toString()));
            String locator = allocator.locator();
            long before = pool.count("free_hugepages");
            DataHubException refused =
                    assertThrows(DataHubException.class, () -> allocator.allocate(block, locator, "data.1", 3 * PAGE));
            assertEquals(ErrorCode.HUGE_PAGES, refused.code());
            assertTrue(refused.getMessage().contains("errno=28"), refused.getMessage());
            assertFalse(Files.exists(Path.of(locator)));
            assertEquals(before, pool.count("free_hugepages"));
        }
    }

    @Test
    @Override
    protected void aFileSystemWithoutInodesIsFullToo() {
        assertEquals(0, pool.count("resv_hugepages"), "nothing to ask: pages are taken, never promised");
    }

    // The fallback.

    @Test
    void preferredPagesThatCannotBeHadAreOrdinaryOnesAndReported() {
        SegmentAllocator allocator = configured("prefer");
        long bytes = (pool.count("free_hugepages") + 1) * PAGE;
        String locator = allocator.locator();
        try (Directory block = kernel.openDirectory(place)) {
            try (Allocation segment = allocator.allocate(block, locator, "data.1", bytes)) {
                assertEquals(4096, segment.pageBytes());
                assertEquals("", segment.locator());
                assertTrue(segment.remark().startsWith("no huge pages: too few huge pages:"), segment.remark());
                assertEquals(bytes, segment.file().status().bytes());
            }
            assertEquals(List.of("data.1"), block.list());
            try (NativeFile again = allocator.open(block, "", "data.1", false)) {
                assertEquals(bytes, again.status().bytes());
            }
            allocator.release(block, "", "data.1");
            assertEquals(List.of(), block.list());
        }
    }

    @Test
    void preferredPagesThatAreThereAreTaken() {
        SegmentAllocator allocator = configured("prefer");
        try (Directory block = kernel.openDirectory(place)) {
            String locator = allocator.locator();
            try (Allocation segment = allocator.allocate(block, locator, "data.1", PAGE)) {
                assertEquals(PAGE, segment.pageBytes());
                assertEquals("", segment.remark());
            }
            allocator.release(block, locator, "data.1");
        }
    }

    @Test
    void withoutAMountTheMessageHasTheCommands() {
        SegmentAllocator nowhere = new HugePages().configured(Map.of("mount", "/nowhere", "page.size", "2MiB"));
        DataHubException refused = assertThrows(DataHubException.class, nowhere::locator);
        assertEquals(ErrorCode.HUGE_PAGES, refused.code());
        String command = "mkdir -p /nowhere && mount -t hugetlbfs -o pagesize=2048K,mode=1777 none /nowhere";
        assertTrue(refused.getMessage().contains(command), refused.getMessage());
        SegmentAllocator preferred =
                new HugePages().configured(Map.of("mount", "/nowhere", "page.size", "2MiB", "pages", "prefer"));
        assertEquals("", preferred.locator());
        try (Directory block = kernel.openDirectory(place);
                Allocation segment = preferred.allocate(block, "", "data.1", PAGE)) {
            assertTrue(segment.remark().startsWith("no huge pages: no hugetlbfs"), segment.remark());
        }
    }

    // What stands on the mount may be somebody else's idea.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Override
    protected void aLinkIsNeverFollowed(boolean writable) {
        Path link = pool.path().resolve("link-" + writable);
        assertThrows(IOException.class, () -> Files.createSymbolicLink(link, place), "hugetlbfs has no links");
    }

    @Test
    void aPlaceThatOthersMayWriteIsRefused() throws IOException {
        SegmentAllocator allocator = configured("require");
        String locator = allocator.locator();
        Path users = Files.createDirectories(Path.of(locator).getParent());
        Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (Directory block = kernel.openDirectory(place)) {
            DataHubException refused =
                    assertThrows(DataHubException.class, () -> allocator.allocate(block, locator, "data.1", PAGE));
            assertEquals(ErrorCode.HUGE_PAGES, refused.code());
            assertTrue(refused.getMessage().contains("mode=777"), refused.getMessage());
        } finally {
            Files.delete(users);
        }
    }

    @Test
    void onlyWhatTheAllocatorMadeIsReleased() throws IOException {
        Path precious = Files.createDirectories(place.resolve("datahub-0/precious"));
        Files.writeString(precious.resolve("data.1"), "kept");
        try (Directory block = kernel.openDirectory(place)) {
            allocator().release(block, precious.toString(), "data.1");
        }
        assertEquals("kept", Files.readString(precious.resolve("data.1")));
    }
}
