package org.datahub.memory.hugepages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.Placement;

/// What the operator wants: read and checked once.
///
/// @param mount where hugetlbfs is mounted; null to look for it
/// @param pageBytes size of a page; 0 for that of the mount or, without one, the kernel's default
/// @param required whether ordinary pages are refused
/// @param placement where the memory is to be
record Settings(Path mount, long pageBytes, boolean required, Placement placement) {
    private static final String PID = "org.datahub.memory.hugepages";
    private static final Set<String> KEYS = Set.of("mount", "page.size", "pages", "numa.node", "mlock");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,4})(KiB|MiB|GiB)");
    private static final long USUAL = 2L << 20;

    /// From the words of a `.cfg`; those that are missing or empty are the defaults.
    ///
    /// @throws DataHubException `DH-6001`
    static Settings of(Map<String, String> words) {
        for (String key : words.keySet()) {
            if (!KEYS.contains(key))
                throw bad(
                        key,
                        words.get(key),
                        "no such key; there are " + KEYS.stream().sorted().toList());
        }
        String mount = words.getOrDefault("mount", "").strip();
        if (!mount.isEmpty() && !mount.startsWith("/")) throw bad("mount", mount, "give an absolute path");
        return new Settings(
                mount.isEmpty() ? null : Path.of(mount).normalize(),
                size(words.getOrDefault("page.size", "").strip()),
                required(words.getOrDefault("pages", "").strip()),
                Placement.of(words));
    }

    private static long size(String text) {
        if (text.isEmpty()) return 0;
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) throw bad("page.size", text, "give 2MiB or 1GiB, or leave it empty");
        long bytes = Long.parseLong(size.group(1))
                << 10 * (1 + List.of("KiB", "MiB", "GiB").indexOf(size.group(2)));
        if (Long.bitCount(bytes) != 1 || !Pool.of(bytes).exists()) {
            throw bad("page.size", text, "this machine has no such pages; see ls /sys/kernel/mm/hugepages");
        }
        return bytes;
    }

    private static boolean required(String text) {
        return switch (text) {
            case "", "require" -> true;
            case "prefer" -> false;
            default -> throw bad("pages", text, "give require or prefer");
        };
    }

    private static DataHubException bad(String key, String value, String advice) {
        return new DataHubException(
                ErrorCode.CONFIGURATION, PID + " can't use " + key + ": " + key + "=" + value, advice);
    }

    /// The size of a page that is wanted, before a mount is known.
    long wantedPageBytes() {
        if (pageBytes > 0) return pageBytes;
        if (mount != null) {
            for (Mounts.Mount each : Mounts.all()) if (each.path().equals(mount)) return each.pageBytes();
        }
        return usual();
    }

    /// The kernel's own, `Hugepagesize` in /proc/meminfo.
    private static long usual() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("Hugepagesize:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return USUAL;
        }
        return USUAL;
    }
}
