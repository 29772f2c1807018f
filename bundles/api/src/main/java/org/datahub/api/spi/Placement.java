package org.datahub.api.spi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;

/// Where the memory of a segment is to be, and whether it stays there: the words `numa.node` and
/// `mlock`. What can't be had is told in the segment's remark, and is no error.
///
/// @param node the NUMA node that memory is taken from first; -1 for any
/// @param locked whether the kernel may not take its pages out of memory
public record Placement(int node, boolean locked) {
    /// The keys.
    public static final Set<String> KEYS = Set.of("numa.node", "mlock");

    /// Anywhere.
    public static final Placement ANYWHERE = new Placement(-1, false);

    private static final int MOST_NODE = 1023;

    /// From the words of a `.cfg`; those that are missing or empty are the defaults.
    ///
    /// @throws DataHubException `DH-6001`
    public static Placement of(Map<String, String> words) {
        return new Placement(
                node(words.getOrDefault("numa.node", "").strip()),
                locked(words.getOrDefault("mlock", "").strip()));
    }

    private static int node(String text) {
        try {
            int node = text.isEmpty() ? -1 : Integer.parseInt(text);
            if (node >= -1 && node <= MOST_NODE) return node;
        } catch (NumberFormatException e) {
            throw bad("numa.node", text, "give a number from 0 to " + MOST_NODE + ", or -1 for any");
        }
        throw bad("numa.node", text, "give a number from 0 to " + MOST_NODE + ", or -1 for any");
    }

    private static boolean locked(String text) {
        return switch (text) {
            case "", "false" -> false;
            case "true" -> true;
            default -> throw bad("mlock", text, "give true or false");
        };
    }

    private static DataHubException bad(String key, String value, String advice) {
        return new DataHubException(ErrorCode.CONFIGURATION, "can't use " + key + ": " + key + "=" + value, advice);
    }

    /// Makes a segment there, and tells in its remark what was not got.
    public Allocation make(Kernel kernel, Supplier<Allocation> work) {
        if (equals(ANYWHERE)) return work.get();
        List<String> missing = new ArrayList<>();
        Allocation made = node < 0
                ? work.get()
                : kernel.onNode(node, errno -> {
                    if (errno != 0) missing.add("numa.node=" + node + ": errno=" + errno + KernelException.name(errno));
                    return work.get();
                });
        try (Arena arena = Arena.ofConfined()) {
            long bytes = made.file().status().bytes();
            MemorySegment mapping = made.file().map(bytes, true, arena);
            if (node >= 0 && missing.isEmpty()) look(kernel, mapping, missing);
            int errno = locked ? kernel.lock(mapping) : 0;
            if (errno != 0) missing.add("mlock: errno=" + errno + KernelException.name(errno) + ", see ulimit -l");
        }
        if (!made.remark().isEmpty()) missing.addFirst(made.remark());
        return new Allocation(open(kernel, made.file()), made.locator(), made.pageBytes(), String.join("; ", missing));
    }

    /// The first page, the middle one and the last one stand for all.
    private void look(Kernel kernel, MemorySegment mapping, List<String> missing) {
        for (long offset : new long[] {0, mapping.byteSize() / 2, mapping.byteSize() - 1}) {
            int found = kernel.nodeOf(mapping, offset);
            if (found == node) continue;
            String what = found < 0 ? "can't be told: errno=" + -found : "are on node " + found;
            missing.add("numa.node=" + node + ": pages " + what);
            return;
        }
    }

    /// A segment's file that keeps what it maps in memory, where that is wanted.
    public NativeFile open(Kernel kernel, NativeFile file) {
        return locked && file != null ? new LockedFile(kernel, file) : file;
    }

    /// What was refused when the segment was made is told there; here it makes no difference.
    private record LockedFile(Kernel kernel, NativeFile file) implements NativeFile {
        @Override
        public MemorySegment map(long bytes, boolean writable, Arena arena) {
            MemorySegment mapping = file.map(bytes, writable, arena);
            kernel.lock(mapping);
            return mapping;
        }

        @Override
        public String path() {
            return file.path();
        }

        @Override
        public FileStatus status() {
            return file.status();
        }

        @Override
        public boolean inMemory() {
            return file.inMemory();
        }

        @Override
        public void reserve(long bytes) {
            file.reserve(bytes);
        }

        @Override
        public boolean tryLock(long position) {
            return file.tryLock(position);
        }

        @Override
        public void unlock(long position) {
            file.unlock(position);
        }

        @Override
        public boolean lockedByOther(long position) {
            return file.lockedByOther(position);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
