package org.datahub.memory.hugepages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @Test
    void withoutWordsTheKernelsDefaultIsRequired() {
        Settings settings = Settings.of(Map.of());
        assertNull(settings.mount());
        assertTrue(settings.required());
        assertEquals(0, settings.pageBytes());
        assertTrue(settings.wantedPageBytes() >= 64 << 10, "pageBytes=" + settings.wantedPageBytes());
    }

    @Test
    void allWordsAreUsed() {
        Settings settings = Settings.of(Map.of("mount", " /mnt/huge/ ", "page.size", "2MiB", "pages", "prefer"));
        assertEquals(Path.of("/mnt/huge"), settings.mount());
        assertEquals(2L << 20, settings.pageBytes());
        assertFalse(settings.required());
    }

    @ParameterizedTest
    @CsvSource({
        "mount, mnt/huge, absolute", "page.size, 3MiB, no such pages", "page.size, 2M, 2MiB or 1GiB",
        "page.size, -1, 2MiB or 1GiB", "pages, maybe, require or prefer", "page, 2MiB, no such key"
    })
    void aWordThatCannotBeUsedIsNamed(String key, String value, String advice) {
        DataHubException refused = assertThrows(DataHubException.class, () -> Settings.of(Map.of(key, value)));
        assertEquals(ErrorCode.CONFIGURATION, refused.code());
        assertTrue(refused.getMessage().contains(key + "=" + value), refused.getMessage());
        assertTrue(refused.getMessage().contains(advice), refused.getMessage());
    }

    @Test
    void mountsAreReadFromTheKernelsTable() {
        assertEquals(
                List.of(
                        new Mounts.Mount(Path.of("/dev/huge pages"), 2L << 20),
                        new Mounts.Mount(Path.of("/mnt/1g"), 1L << 30),
                        new Mounts.Mount(Path.of("/mnt/64k"), 64L << 10)),
                Mounts.read(List.of(
                        "tmpfs /dev/shm tmpfs rw,nosuid 0 0",
                        "none /dev/huge\\040pages hugetlbfs rw,relatime,pagesize=2M 0 0",
                        "none /mnt/1g hugetlbfs rw,relatime,mode=1777,pagesize=1024M 0 0",
                        "none /mnt/odd hugetlbfs rw,relatime,pagesize=xM 0 0",
                        "none /mnt/64k hugetlbfs pagesize=64K 0 0",
                        "cut off")));
    }
}
