package org.datahub.itests.framework;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/// What this process holds of a hub directory, as the kernel tells it, and DataHub's threads.
final class Footprint {
    private static final String THREADS = "datahub";

    private Footprint() {}

    /// A line for each mapping, descriptor, lock and thread.
    static Set<String> of(Path hub) throws IOException {
        Set<String> held = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            if (line.contains(hub + "/")) held.add("mapping " + line);
        }
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                String target = target(descriptor);
                if (target.startsWith(hub.toString()))
                    held.add("descriptor " + descriptor.getFileName() + " " + target);
            }
        }
        held.addAll(locks(hub));
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith(THREADS)) held.add("thread " + thread.getName());
        }
        return held;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            return ""; // closed meanwhile, as the one that lists them
        }
    }

    /// Locks on the blocks' files, whoever holds them: in this hub directory nobody else works.
    private static Set<String> locks(Path hub) throws IOException {
        Set<String> held = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(hub)) {
            for (Path block : files) {
                Path lock = block.resolve("lock");
                if (!Files.exists(lock)) continue;
                String inode = ":" + Files.getAttribute(lock, "unix:ino") + " ";
                for (String line : Files.readAllLines(Path.of("/proc/locks"))) {
                    if (line.contains(inode)) held.add("lock " + block.getFileName() + " " + line);
                }
            }
        }
        return held;
    }
}
