package org.datahub.api.spi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;

/// The memory limit of this process's control group. It is asked before memory is reserved, because
/// the kernel answers a reservation beyond it with SIGKILL.
final class MemoryLimit {
    private final List<Group> groups;

    /// A control group's limit and usage, and what the usage is made of, as files.
    record Group(Path limit, Path usage, Path parts) {
        /// Bytes that can't be had. The usage counts pages of files that were read or written, too;
        /// these the
        /// kernel gives back when memory is asked for (pages of shared memory stand elsewhere).
        long used() {
            long files = part("active_file") + part("inactive_file");
            return Math.max(0, number(usage, 0) - files);
        }

        /// Version 1 counts the groups below under another name.
        private long part(String name) {
            try (Stream<String> lines = Files.lines(parts)) {
                Map<String, Long> found = lines.map(line -> line.split(" "))
                        .filter(words -> words.length == 2)
                        .filter(words -> words[0].equals(name) || words[0].equals("total_" + name))
                        .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1])));
                return found.getOrDefault("total_" + name, found.getOrDefault(name, 0L));
            } catch (IOException | UncheckedIOException | NumberFormatException e) {
                return 0;
            }
        }
    }

    MemoryLimit(List<Group> groups) {
        this.groups = groups;
    }

    static MemoryLimit ofThisProcess() {
        try {
            return new MemoryLimit(Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                    .flatMap(line -> groups(line).stream())
                    .toList());
        } catch (IOException e) {
            return new MemoryLimit(List.of()); // no control groups here, no limit
        }
    }

    /// The groups of a line of /proc/self/cgroup: `0::/path` is version 2, `n:memory:/path` version
    /// 1. A limit
    /// above the group holds too; inside a container the path may not exist below the mount, and
    /// the mount's root
    /// is the group.
    private static List<Group> groups(String line) {
        String[] parts = line.split(":", 3);
        boolean two = parts[0].equals("0") && parts[1].isEmpty();
        if (!two && !List.of(parts[1].split(",")).contains("memory")) return List.of();
        Path root = Path.of(two ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory");
        String limit = two ? "memory.max" : "memory.limit_in_bytes";
        String usage = two ? "memory.current" : "memory.usage_in_bytes";
        List<Group> found = new ArrayList<>();
        Path at = root.resolve(parts[2].substring(1)).normalize();
        while (at != null && at.startsWith(root)) {
            if (Files.isReadable(at.resolve(limit))) {
                found.add(new Group(at.resolve(limit), at.resolve(usage), at.resolve("memory.stat")));
            }
            at = at.getParent();
        }
        return found;
    }

    /// @throws DataHubException `DH-1006` when `bytes` more would reach the limit
    void check(long bytes) {
        for (Group group : groups) {
            long limit = number(group.limit, Long.MAX_VALUE);
            long used = group.used();
            if (limit - used < bytes) {
                throw new DataHubException(
                        ErrorCode.MEMORY_LIMIT,
                        "the control group has no room for the data segment: bytes=" + bytes + ", limit=" + limit
                                + ", used=" + used + ", group=" + group.limit.getParent(),
                        "choose fewer or smaller slots, or raise the limit");
            }
        }
    }

    private static long number(Path file, long otherwise) {
        try {
            String text = Files.readString(file).strip();
            return text.equals("max") ? otherwise : Long.parseLong(text);
        } catch (IOException | NumberFormatException e) {
            return otherwise; // the group is gone or says something newer than we know: then it does not limit us
        }
    }
}
