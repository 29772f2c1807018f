package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Predicate;

/// What threads of this process have done so far, as the kernel counts it.
///
/// @param ran nanoseconds on a core
/// @param waited nanoseconds ready, while others had the core
record ThreadTimes(long ran, long waited) {
    /// Of all threads whose name is `wanted`; the kernel keeps 15 bytes of a name.
    static ThreadTimes of(Predicate<String> wanted) throws IOException {
        long ran = 0;
        long waited = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                try {
                    if (!wanted.test(Files.readString(thread.resolve("comm")).strip())) continue;
                    String[] times =
                            Files.readString(thread.resolve("schedstat")).split(" ");
                    ran += Long.parseLong(times[0]);
                    waited += Long.parseLong(times[1]);
                } catch (NoSuchFileException e) {
                    // a thread that has ended meanwhile
                }
            }
        }
        return new ThreadTimes(ran, waited);
    }
}
