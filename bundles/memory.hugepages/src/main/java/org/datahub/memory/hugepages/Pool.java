package org.datahub.memory.hugepages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The kernel's pool of huge pages of one size, as it is now.
///
/// @param pageBytes their size
/// @param free pages that nobody has, those that are promised included
/// @param promised pages that mappings of other programs will take
/// @param beyond pages that the kernel would make on demand
/// @param total pages of the pool
record Pool(long pageBytes, long free, long promised, long beyond, long total) {
    private static final Path PLACE = Path.of("/sys/kernel/mm/hugepages");

    /// The pool for pages of this size; empty where the processor has no such pages.
    static Pool of(long pageBytes) {
        return of(PLACE, pageBytes);
    }

    static Pool of(Path place, long pageBytes) {
        Path pool = folder(place, pageBytes);
        long most = number(pool.resolve("nr_overcommit_hugepages"));
        long surplus = number(pool.resolve("surplus_hugepages"));
        return new Pool(
                pageBytes,
                number(pool.resolve("free_hugepages")),
                number(pool.resolve("resv_hugepages")),
                Math.max(0, most - surplus),
                number(pool.resolve("nr_hugepages")));
    }

    private static Path folder(Path place, long pageBytes) {
        return place.resolve("hugepages-" + (pageBytes >> 10) + "kB");
    }

    private static long number(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    /// Whether the processor has pages of this size.
    boolean exists() {
        return Files.isDirectory(folder(PLACE, pageBytes));
    }

    /// Pages that can be had now.
    long usable() {
        return Math.max(0, free - promised) + beyond;
    }

    /// What a superuser types so that `pages` more can be had.
    String command(long pages) {
        long wanted = total + Math.max(0, pages - usable());
        return "echo " + wanted + " > " + folder(PLACE, pageBytes) + "/nr_hugepages";
    }

    /// For people.
    String text() {
        return "free=" + free + ", promised=" + promised + ", overcommit=" + beyond + ", pool=" + total;
    }
}
