package org.datahub.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.locks.LockSupport;

/// The time before it counts, by what HotSpot's compilers do: they run on the core that a side spins on,
/// and on a slow host they are far from through after a fixed time. It is over on both sides of a pair at
/// once, when neither has anything left to compile.
final class Warmup {
    private static final long LOOK = 20_000_000;
    private static final long QUIET = Math.min(300_000_000, Settings.WARM / 2);
    private static final long LITTLE = 1_000_000; // in one look; idle compilers wake up now and then
    private static final long MOST = Math.min(6_000_000_000L, 10 * Settings.WARM); // some code is compiled for ever

    private final String own;
    private final String other;
    private volatile boolean over;

    private Warmup(String own, String other) {
        this.own = own;
        this.other = other;
    }

    /// That of the process `own`, which waits for that of `other`; both names are those of files in the
    /// pair's directory. The same name twice waits for nobody.
    static Warmup begin(String own, String other) {
        Warmup warmup = new Warmup(own, other);
        Thread.ofPlatform().daemon().name("warm-up").start(warmup::watch);
        return warmup;
    }

    /// Whether it counts from now on.
    boolean over() {
        return over;
    }

    private void watch() {
        try {
            long begin = System.nanoTime();
            ThreadTimes compilers = compilers();
            long quietSince = begin;
            for (long now = begin; now - begin < Settings.WARM + MOST; now = System.nanoTime()) {
                ThreadTimes before = compilers;
                compilers = compilers();
                ThreadTimes.Times compiled = compilers.since(before);
                if (compiled.ran() + compiled.waited() > LITTLE) quietSince = now;
                if (now - begin > Settings.WARM && now - quietSince > QUIET) break;
                LockSupport.parkNanos(LOOK);
            }
            Files.writeString(Settings.DIRECTORY.resolve(own), "");
            while (!Files.exists(Settings.DIRECTORY.resolve(other))) LockSupport.parkNanos(LOOK);
            over = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Their time for a core counts, and that waiting for one.
    private static ThreadTimes compilers() throws IOException {
        return ThreadTimes.of(name -> name.endsWith("CompilerThre"));
    }
}
