package org.datahub.benchmarks;

import java.nio.file.Path;

/// What one process of a pair is to do. Constants of its JVM, so that every system finds its sizes
/// folded into its code alike.
final class Settings {
    /// Payload bytes of a record.
    static final int BYTES = Integer.getInteger("bench.bytes", 64);
    /// Cells of a ring: for DataHub K + B.
    static final int CELLS = Integer.getInteger("bench.cells", 1024);
    /// Records of one commit.
    static final int BATCH = Integer.getInteger("bench.batch", 1);
    /// Whether payloads are written and summed; where not, only the hand-over is left.
    static final boolean TOUCHED = !Boolean.getBoolean("bench.untouched");
    /// Integrity and time stamps of DataHub's blocks.
    static final String INTEGRITY = System.getProperty("bench.integrity", "none");

    static final String TIMESTAMPS = System.getProperty("bench.timestamps", "none");
    /// Nanoseconds before and while it counts.
    static final long WARM = Long.getLong("bench.warm", 600) * 1_000_000;

    static final long MEASURED = Long.getLong("bench.measured", 500) * 1_000_000;
    /// Where the pair's files are.
    static final Path DIRECTORY = Path.of(System.getProperty("bench.directory", "/dev/shm"));

    /// Records between two looks at the clock.
    static final int CHUNK = BYTES <= 1024 ? 1024 : BYTES <= 65536 ? 64 : 4;

    private Settings() {}
}
