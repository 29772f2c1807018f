package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/// What threads of this process have done so far, as the kernel counts it.
///
/// @param byThread by thread id
record ThreadTimes(Map<String, Times> byThread) {
    /// Of one thread, or of several together.
    ///
    /// @param ran nanoseconds on a core
    /// @param waited nanoseconds ready, while others had the core
    record Times(long ran, long waited) {
        static final Times NONE = new Times(0, 0);
    }

    /// Of all threads whose name is `wanted`; the kernel keeps 15 bytes of a name.
    static ThreadTimes of(Predicate<String> wanted) throws IOException {
        Map<String, Times> byThread = new HashMap<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                try {
                    if (!wanted.test(Files.readString(thread.resolve("comm")).strip())) continue;
                    String[] times =
                            Files.readString(thread.resolve("schedstat")).split(" ");
                    byThread.put(
                            thread.getFileName().toString(),
                            new Times(Long.parseLong(times[0]), Long.parseLong(times[1])));
                } catch (NoSuchFileException e) {
                    // a thread that has ended meanwhile
                }
            }
        }
        return new ThreadTimes(byThread);
    }

    /// What they have done since `before`. A thread that has ended meanwhile counts nothing: what it did
    /// after `before` is lost, what it did earlier is not taken off.
    Times since(ThreadTimes before) {
        long ran = 0;
        long waited = 0;
        for (Map.Entry<String, Times> thread : byThread.entrySet()) {
            Times then = before.byThread.getOrDefault(thread.getKey(), Times.NONE);
            ran += thread.getValue().ran() - then.ran();
            waited += thread.getValue().waited() - then.waited();
        }
        return new Times(ran, waited);
    }
}
