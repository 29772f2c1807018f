package org.datahub.benchmarks;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.FlexibleZone;
import org.datahub.api.HubOptions;
import org.datahub.api.SharedLock;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
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

/// Single operations, one thread, no second core: `datahub bench operations`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class OperationBenchmark {
    private static final Duration NOW = Duration.ZERO;
    private static final int BYTES = 64;

    /// What seals the slots.
    @Param({"none", "crc32c"})
    public String integrity;

    /// What time they bear.
    @Param({"none", "coarse", "exact"})
    public String timestamps;

    private Path directory;
    private DataHub hub;
    private DataBlockProducer out;
    private DataBlockConsumer in;
    private DataBlockProducer state;
    private DataBlockConsumer pinned;
    private FlexibleZone zone;
    private SharedLock lock;
    private final MemorySegment view = MemorySegment.ofArray(new long[BYTES / Long.BYTES]);

    /// Opens the blocks.
    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "datahub-bench");
        hub = DataHub.open(HubOptions.defaults().directory(directory));
        Timestamps time = Timestamps.valueOf(timestamps.toUpperCase(java.util.Locale.ROOT));
        BlockSpec stream = BlockSpec.named("stream")
                .slotBytes(BYTES)
                .slots(63)
                .integrity(integrity)
                .timestamps(time)
                .zone("zone", BYTES, 1)
                .locks(1);
        out = hub.create(stream);
        in = hub.attach("stream", ConsumerSpec.lossless().accept(integrity));
        state = hub.create(BlockSpec.named("state")
                .policy(SyncPolicy.LATEST_ONLY)
                .slotBytes(BYTES)
                .integrity(integrity)
                .timestamps(time));
        pinned = hub.attach("state", ConsumerSpec.pinned().accept(integrity));
        zone = out.zone("zone");
        lock = out.lock(0);
    }

    /// Closes and deletes them.
    @TearDown(Level.Trial)
    public void close() throws IOException {
        hub.close();
        Pair.delete(directory);
    }

    /// A record of a stream, written and read in place.
    @Benchmark
    public long streamWriteAndRead() {
        out.claim(NOW);
        out.segment().set(ValueLayout.JAVA_LONG, out.offset(), 1);
        out.commit(BYTES);
        in.next(NOW);
        long word = in.segment().get(ValueLayout.JAVA_LONG, in.offset());
        in.release();
        return word;
    }

    /// The same by a transaction and a view.
    @Benchmark
    public long streamWriteAndReadByViews() {
        out.write(write -> write.payload().set(ValueLayout.JAVA_LONG, 0, 1));
        long[] word = new long[1];
        in.read(NOW, slot -> word[0] = slot.payload().get(ValueLayout.JAVA_LONG, 0));
        return word[0];
    }

    /// A value of a state block, written and read with a pin.
    @Benchmark
    public long stateWriteAndRead() {
        state.claim(NOW);
        state.segment().set(ValueLayout.JAVA_LONG, state.offset(), 1);
        state.commit(BYTES);
        pinned.next(NOW);
        long word = pinned.segment().get(ValueLayout.JAVA_LONG, pinned.offset());
        pinned.release();
        return word;
    }

    /// A snapshot of a zone, published and read.
    @Benchmark
    public long zonePublishAndRead() {
        zone.publish(NOW, to -> to.set(ValueLayout.JAVA_LONG, 0, 1));
        return zone.read(view);
    }

    /// A shared lock that nobody else wants.
    @Benchmark
    public SharedLock.Outcome lockAndUnlock() {
        SharedLock.Outcome outcome = lock.lock(NOW);
        lock.unlock();
        return outcome;
    }
}
