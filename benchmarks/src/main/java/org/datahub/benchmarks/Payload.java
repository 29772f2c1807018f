package org.datahub.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ServiceLoader;
import org.datahub.api.spi.Kernel;

/// What every record carries, for every system alike: below 4 KiB word i is seed + i; from there on
/// a bulk copy whose first and last word are the seed. Its sum is what the reader must find.
final class Payload {
    private static final int BULK = 4096;

    static final int WORDS = Settings.BYTES / Long.BYTES;
    static final boolean IN_BULK = Settings.BYTES >= BULK;
    static final long STOP = 0x5eed0ffL;

    /// What bulk payloads are copied from.
    static final MemorySegment SOURCE = Arena.global().allocate(Settings.BYTES, 64);

    static final ByteBuffer SOURCE_BUFFER = SOURCE.asByteBuffer().order(ByteOrder.nativeOrder());
    static final long[] SOURCE_WORDS = new long[WORDS];
    private static final long BASE = fillSource();

    private Payload() {}

    private static long fillSource() {
        long sum = 0;
        for (int i = 0; i < WORDS; i++) {
            SOURCE.set(ValueLayout.JAVA_LONG, i * 8L, i);
            SOURCE_WORDS[i] = i;
            if (i > 0 && i < WORDS - 1) sum += i;
        }
        return sum;
    }

    /// The seed of record n.
    static long seed(long n) {
        return (n + 1) * 0x9e3779b97f4a7c15L;
    }

    /// What the reader must find in a record of that seed.
    static long expected(long seed) {
        if (!Settings.TOUCHED) return seed;
        return IN_BULK ? BASE + 2 * seed : WORDS * seed + WORDS * (WORDS - 1L) / 2;
    }

    static void fill(MemorySegment segment, long offset, long seed) {
        if (IN_BULK) {
            MemorySegment.copy(SOURCE, 0, segment, offset, Settings.BYTES);
            mark(segment, offset, seed);
        } else {
            for (int i = 0; i < WORDS; i++) segment.set(ValueLayout.JAVA_LONG, offset + i * 8L, seed + i);
        }
    }

    /// The same for DataHub's layer 0: a bulk payload is copied as by `put`.
    static void put(MemorySegment segment, long offset, long seed) {
        if (IN_BULK) {
            OfKernel.KERNEL.copy(SOURCE, 0, segment, offset, Settings.BYTES);
            mark(segment, offset, seed);
        } else {
            fill(segment, offset, seed);
        }
    }

    /// Not for the others.
    private static final class OfKernel {
        static final Kernel KERNEL =
                ServiceLoader.load(Kernel.class).findFirst().orElseThrow();
    }

    /// What a bulk payload has of its own, after a copy of [#SOURCE].
    static void mark(MemorySegment segment, long offset, long seed) {
        segment.set(ValueLayout.JAVA_LONG, offset, seed);
        segment.set(ValueLayout.JAVA_LONG, offset + (WORDS - 1) * 8L, seed);
    }

    static long sum(MemorySegment segment, long offset, int words) {
        long sum = 0;
        for (int i = 0; i < words; i++) sum += segment.get(ValueLayout.JAVA_LONG, offset + i * 8L);
        return sum;
    }

    static void fill(ByteBuffer buffer, int offset, long seed) {
        if (IN_BULK) {
            buffer.put(offset, SOURCE_BUFFER, 0, Settings.BYTES);
            buffer.putLong(offset, seed);
            buffer.putLong(offset + (WORDS - 1) * 8, seed);
        } else {
            for (int i = 0; i < WORDS; i++) buffer.putLong(offset + i * 8, seed + i);
        }
    }

    static long sum(ByteBuffer buffer, int offset, int words) {
        long sum = 0;
        for (int i = 0; i < words; i++) sum += buffer.getLong(offset + i * 8);
        return sum;
    }
}
