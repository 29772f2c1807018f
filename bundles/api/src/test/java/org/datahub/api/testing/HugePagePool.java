package org.datahub.api.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// A mount of hugetlbfs with some pages more in the kernel's pool, both taken back at the end. Needs
/// root.
public final class HugePagePool implements AutoCloseable {
    /// The pages that every x86_64 has.
    public static final long SMALL = 2L << 20;

    /// The large ones, which not every processor has.
    public static final long LARGE = 1L << 30;

    private final Path mount;
    private final Path pool;
    private final long added;

    private HugePagePool(Path mount, Path pool, long added) {
        this.mount = mount;
        this.pool = pool;
        this.added = added;
    }

    /// Adds `pages` pages of `pageBytes` to the pool and mounts them; ends the test as one that can't
    /// run here where that is not possible. CI may do without [#LARGE], where the processor has none.
    public static HugePagePool mount(long pageBytes, long pages) {
        return mount(pageBytes, pages, "mode=0700");
    }

    /// The same with mount's words for limits, as in `size=4M`.
    public static HugePagePool mount(long pageBytes, long pages, String limits) {
        Path pool = Path.of("/sys/kernel/mm/hugepages/hugepages-" + (pageBytes >> 10) + "kB/nr_hugepages");
        if (pageBytes == LARGE) Assumptions.assumeTrue(Files.exists(pool), "no pages of 1 GiB in this processor");
        Command.require(Files.isWritable(pool), "huge pages can't be added, which takes root: " + pool);
        try {
            long before = count(pool);
            Files.writeString(pool, Long.toString(before + pages));
            long got = count(pool) - before;
            if (got < pages) {
                Files.writeString(pool, Long.toString(before));
                Command.require(false, "the kernel finds no huge pages: asked=" + pages + ", got=" + got);
            }
            Path path = Files.createTempDirectory("datahub-huge-");
            try {
                String options = "pagesize=" + (pageBytes >> 10) + "K," + limits;
                Command.run("mount", "-t", "hugetlbfs", "-o", options, "none", path.toString());
            } catch (AssertionError e) {
                Files.delete(path);
                Files.writeString(pool, Long.toString(before));
                Command.require(false, "hugetlbfs can't be mounted, which takes root: " + e.getMessage());
            }
            return new HugePagePool(path, pool, pages);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long count(Path pool) throws IOException {
        return Long.parseLong(Files.readString(pool).strip());
    }

    /// Where it is mounted.
    public Path path() {
        return mount;
    }

    /// What of `nr_hugepages`, `free_hugepages` and the others.
    public long count(String what) {
        try {
            return count(pool.resolveSibling(what));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Command.run("umount", "--lazy", mount.toString());
        try {
            Files.delete(mount);
            Files.writeString(pool, Long.toString(Math.max(0, count(pool) - added)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
