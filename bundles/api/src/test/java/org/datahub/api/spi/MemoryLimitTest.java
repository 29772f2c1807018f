package org.datahub.api.spi;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLimitTest {
    @TempDir
    private Path path;

    @Test
    void version2SaysItsLimitAsANumber() throws IOException {
        MemoryLimit limit = new MemoryLimit(List.of(group("104857600\n", "4857600\n", "")));
        assertDoesNotThrow(() -> limit.check(100_000_000));
        refused(limit, 100_000_001);
    }

    @Test
    void version2WithoutLimitSaysMax() throws IOException {
        MemoryLimit limit = new MemoryLimit(List.of(group("max\n", "4857600\n", "")));
        assertDoesNotThrow(() -> limit.check(1L << 50));
    }

    @Test
    void version1WithoutLimitSaysAVeryLargeNumber() throws IOException {
        MemoryLimit limit = new MemoryLimit(List.of(group("9223372036854771712\n", "381468672\n", "")));
        assertDoesNotThrow(() -> limit.check(1L << 50));
    }

    @Test
    void theMessageNamesGroupLimitAndUse() throws IOException {
        MemoryLimit limit = new MemoryLimit(List.of(group("1000\n", "400\n", "")));
        String message = refused(limit, 601).getMessage();
        assertTrue(message.startsWith("DH-1006 "), message);
        for (String part : List.of("bytes=601", "limit=1000", "used=400", "group=" + path)) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void theTightestOfAllGroupsHolds() throws IOException {
        MemoryLimit limit =
                new MemoryLimit(List.of(group("max", "0", ""), group("1000", "900", ""), group("5000", "0", "")));
        assertDoesNotThrow(() -> limit.check(100));
        refused(limit, 101);
    }

    @Test
    void aGroupThatIsOverItsLimitRefusesEverything() throws IOException {
        refused(new MemoryLimit(List.of(group("1000", "2000", ""))), 1);
    }

    /// A program that has read a large file fills its group with pages that cost nothing.
    @Test
    void pagesOfFilesCanBeHadAgain() throws IOException {
        MemoryLimit two = new MemoryLimit(List.of(group(
                "1000",
                "990",
                "anon 100\nfile 890\nshmem 90\ninactive_anon 190\nactive_file 300\ninactive_file 500\n")));
        assertDoesNotThrow(() -> two.check(810));
        refused(two, 811);
    }

    @Test
    void version1CountsTheGroupsBelowByAnotherName() throws IOException {
        MemoryLimit one = new MemoryLimit(List.of(group(
                "1000",
                "990",
                "active_file 1\ninactive_file 2\ntotal_active_file 300\ntotal_inactive_file 500\nhierarchical 1 2\n")));
        assertDoesNotThrow(() -> one.check(810));
        refused(one, 811);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unlimited", "-", "99999999999999999999"})
    void aLimitThatCannotBeReadLimitsNothing(String text) throws IOException {
        MemoryLimit limit = new MemoryLimit(List.of(group(text, "5", "")));
        assertDoesNotThrow(() -> limit.check(1L << 50));
    }

    @Test
    void aGroupThatIsGoneLimitsNothing() {
        Path gone = path.resolve("gone");
        MemoryLimit limit = new MemoryLimit(List.of(new MemoryLimit.Group(gone, gone, gone)));
        assertDoesNotThrow(() -> limit.check(1L << 50));
        assertDoesNotThrow(() -> new MemoryLimit(List.of()).check(1L << 50));
    }

    @Test
    void thisProcessHasRoomForAPage() {
        MemoryLimit limit = MemoryLimit.ofThisProcess();
        assertDoesNotThrow(() -> limit.check(4096));
    }

    private static DataHubException refused(MemoryLimit limit, long bytes) {
        DataHubException refused = assertThrows(DataHubException.class, () -> limit.check(bytes));
        assertEquals(ErrorCode.MEMORY_LIMIT, refused.code());
        return refused;
    }

    private MemoryLimit.Group group(String limit, String usage, String parts) throws IOException {
        Path folder = Files.createTempDirectory(path, "group");
        return new MemoryLimit.Group(
                Files.writeString(folder.resolve("limit"), limit),
                Files.writeString(folder.resolve("usage"), usage),
                Files.writeString(folder.resolve("parts"), parts));
    }
}
