package org.datahub.benchmarks;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.datahub.api.spi.IntegrityProvider;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What a tag costs either side, by provider and size: `datahub bench integrity`. Each in a JVM of
/// its own.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class IntegrityBenchmark {
    private static final int PREFIX_BYTES = 56;

    /// The algorithm, and whose code where there is a choice.
    @Param({"crc32c", "hmac-sha256 jdk", "hmac-sha256 bouncycastle", "blake2b-256 builtin", "blake2b-256 bouncycastle"})
    public String provider;

    /// Payload of a slot.
    @Param({"64", "4096", "65536", "1048576"})
    public int bytes;

    private final byte[] prefix = new byte[PREFIX_BYTES];
    private Arena arena;
    private MemorySegment cell;
    private IntegrityProvider.Sealer sealer;

    /// Makes a sealed cell.
    @Setup(Level.Trial)
    public void open() throws IOException {
        arena = Arena.ofConfined();
        cell = arena.allocate(bytes + IntegrityProvider.MOST_TAG_BYTES, 64);
        for (int i = 0; i < bytes; i++) cell.set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) (31 * i));
        Path key = Files.createTempFile(
                "datahub-bench",
                ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(key, "0123456789abcdef".repeat(4));
            sealer = find(key).sealer(1, 2, 0, find(key).keyId());
        } finally {
            Files.delete(key);
        }
        sealOne();
        if (!verifyOne()) throw new IllegalStateException("not verified: provider=" + provider);
    }

    private IntegrityProvider find(Path key) {
        String[] words = provider.split(" ");
        for (IntegrityProvider each : ServiceLoader.load(IntegrityProvider.class)) {
            if (!each.name().equals(words[0])) continue;
            if (words.length == 1) return each;
            Map<String, String> configuration = new HashMap<>(Map.of("implementation", words[1]));
            configuration.put("key.file", key.toString());
            return each.configured(configuration);
        }
        throw new IllegalStateException("no such provider: provider=" + provider);
    }

    /// Frees it.
    @TearDown(Level.Trial)
    public void close() {
        arena.close();
    }

    /// What a producer pays.
    @Benchmark
    public void sealOne() {
        sealer.seal(prefix, cell, 0, bytes, cell, bytes);
    }

    /// What a consumer pays.
    @Benchmark
    public boolean verifyOne() {
        return sealer.verify(prefix, cell, 0, bytes, cell, bytes);
    }
}
