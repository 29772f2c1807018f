package org.datahub.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The descriptors of this process.
final class Descriptors {
    private Descriptors() {}

    /// The open flags, in octal, of those that lead to `path` or below.
    static List<String> flagsOf(Path path) throws IOException {
        List<String> flags = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (!Files.isSymbolicLink(descriptor)) continue; // gone: the one that lists
                if (!Files.readSymbolicLink(descriptor).startsWith(path)) continue;
                Path info = Path.of("/proc/self/fdinfo").resolve(descriptor.getFileName());
                Files.readAllLines(info).stream()
                        .filter(line -> line.startsWith("flags:"))
                        .forEach(line -> flags.add(line.substring(6).strip()));
            }
        }
        return flags;
    }
}
