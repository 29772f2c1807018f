package org.datahub.memory.shm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.Configured;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.Placement;
import org.datahub.api.spi.Reservation;
import org.datahub.api.spi.SegmentAllocator;
import org.datahub.api.testing.SharedMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The words `numa.node` and `mlock`.
class PlacementTest {
    private static final long BYTES = 1 << 20;
    private static final int ENOMEM = 12;

    private final Kernel kernel = Settings.kernel();

    @TempDir(factory = SharedMemory.class)
    private Path place;

    @Test
    void aNodeThatIsThereGivesTheMemory() {
        assertEquals("", remark(kernel, "numa.node", "0"));
    }

    private String remark(Kernel with, String key, String value) {
        SegmentAllocator allocator = new ShmSegmentAllocator(
                with, Configured.with(Placement.of(Map.of(key, value))), Reservation.inMemory());
        try (Directory block = kernel.openDirectory(place)) {
            try (Allocation segment = allocator.allocate(block, "", "data.1", BYTES)) {
                assertEquals(BYTES, segment.file().status().bytes());
                return segment.remark();
            } finally {
                allocator.release(block, "", "data.1");
            }
        }
    }

    @Test
    void aNodeThatIsNotThereIsToldAndNoError() {
        assertEquals("numa.node=1000: errno=22", remark(kernel, "numa.node", "1000"));
    }

    @Test
    void pagesOnAnotherNodeAreTold() {
        Kernel elsewhere = answering("nodeOf", 3);
        assertEquals("numa.node=0: pages are on node 3", remark(elsewhere, "numa.node", "0"));
        Kernel silent = answering("nodeOf", -38);
        assertEquals("numa.node=0: pages can't be told: errno=38", remark(silent, "numa.node", "0"));
    }

    private Kernel answering(String name, int answer) {
        return (Kernel) Proxy.newProxyInstance(
                Kernel.class.getClassLoader(),
                new Class<?>[] {Kernel.class},
                (proxy, method, arguments) ->
                        method.getName().equals(name) ? answer : method.invoke(kernel, arguments));
    }

    @Test
    void lockedPagesAreThoseOfEveryMapping() throws IOException {
        SegmentAllocator locked = new ShmSegmentAllocator().configured(Map.of("mlock", "true"));
        try (Directory block = kernel.openDirectory(place);
                Arena arena = Arena.ofConfined();
                Allocation segment = locked.allocate(block, "", "data.1", BYTES);
                NativeFile read = locked.open(block, "", "data.1", false)) {
            org.datahub.api.testing.Command.require(
                    segment.remark().isEmpty(), "memory can't be locked here: " + segment.remark());
            long before = lockedKiB();
            segment.file().map(BYTES, true, arena);
            assertEquals(before + BYTES / 1024, lockedKiB());
            read.map(BYTES, false, arena);
            assertEquals(before + 2 * BYTES / 1024, lockedKiB());
        }
    }

    private static long lockedKiB() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmLck:")) return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
        throw new AssertionError("no VmLck");
    }

    @Test
    void pagesThatCannotBeLockedAreToldAndNoError() {
        assertEquals("mlock: errno=12 (ENOMEM), see ulimit -l", remark(answering("lock", ENOMEM), "mlock", "true"));
    }

    @Test
    void withoutWordsNothingIsAsked() {
        Kernel unasked = (Kernel) Proxy.newProxyInstance(
                Kernel.class.getClassLoader(), new Class<?>[] {Kernel.class}, (proxy, method, arguments) -> {
                    throw new AssertionError(method);
                });
        assertEquals("", remark(unasked, "mlock", "false"));
    }

    @ParameterizedTest
    @CsvSource({"numa.node, one", "numa.node, -2", "numa.node, 1024", "mlock, yes", "node, 0"})
    void aWordThatCannotBeUsedIsNamed(String key, String value) {
        DataHubException refused =
                assertThrows(DataHubException.class, () -> new ShmSegmentAllocator().configured(Map.of(key, value)));
        assertEquals(ErrorCode.CONFIGURATION, refused.code());
        assertTrue(refused.getMessage().contains(key + "=" + value), refused.getMessage());
    }
}
