package org.datahub.memory.hugepages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where hugetlbfs is mounted, as this process sees it.
final class Mounts {
    private static final Path TABLE = Path.of("/proc/self/mounts");

    private Mounts() {}

    /// A mount, and the size of its pages.
    record Mount(Path path, long pageBytes) {}

    /// All of them, in the order of the table.
    static List<Mount> all() {
        try {
            return read(Files.readAllLines(TABLE));
        } catch (IOException e) {
            return List.of();
        }
    }

    /// From lines of the table: device, place, kind, options.
    static List<Mount> read(List<String> lines) {
        List<Mount> found = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.split(" ");
            if (words.length < 4 || !words[2].equals("hugetlbfs")) continue;
            for (String option : words[3].split(",")) {
                long bytes = option.startsWith("pagesize=") ? bytes(option.substring(9)) : 0;
                if (bytes > 0) found.add(new Mount(Path.of(plain(words[1])), bytes));
            }
        }
        return found;
    }

    /// As in `2M` or `1024M`.
    private static long bytes(String size) {
        int unit = "KMG".indexOf(size.charAt(size.length() - 1));
        try {
            return Long.parseLong(size, 0, size.length() - (unit < 0 ? 0 : 1), 10) << 10 * (unit + 1);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// A blank in a path stands as `\\040`.
    private static String plain(String path) {
        return path.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
