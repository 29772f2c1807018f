package org.datahub.engine;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import org.datahub.api.layout.Words;

/// The counters of one participant: plain words of its own, which its beat stores in shared memory.
/// A counter is named by
/// its offset in the layout.
///
/// Times are counted in buckets of powers of two: bucket 0 is below 2 us, bucket i from 2^i us on,
/// the last without end.
final class Tally {
    private static final int BUCKETS = 16;
    private static final int MICRO_BITS = 10;

    private final long[] words;
    private final long[] stored; // as they stand in shared memory, by whoever stores them
    private boolean begun;

    Tally(StructLayout layout) {
        words = new long[(int) layout.byteSize() / Long.BYTES];
        stored = new long[words.length];
    }

    void add(long counter, long count) {
        words[(int) counter / Long.BYTES] += count;
    }

    void set(long counter, long value) {
        words[(int) counter / Long.BYTES] = value;
    }

    void most(long counter, long value) {
        words[(int) counter / Long.BYTES] = Math.max(words[(int) counter / Long.BYTES], value);
    }

    /// Counts a wait that begins, as one too short to be timed: a clock read at its end
    /// would delay what it waited for.
    void beginWait(long waits, long buckets) {
        add(waits, 1);
        add(buckets, 1);
    }

    /// Counts the time of a wait that was long enough to be timed.
    void endWait(long waitNanos, long buckets, long nanos) {
        add(waitNanos, nanos);
        add(buckets, -1);
        time(buckets, nanos);
    }

    /// Counts a time in its bucket.
    void time(long buckets, long nanos) {
        long micros = Math.max(0, nanos) >>> MICRO_BITS;
        int bucket = Math.min(BUCKETS - 1, Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, micros)));
        words[(int) buckets / Long.BYTES + bucket]++;
    }

    /// Stores at `at` what has changed since the last time; the first time every word, since a
    /// predecessor's may stand there. Always the same place. A handle that idles beats for next to
    /// nothing so, also before its beat is compiled.
    void store(MemorySegment segment, long at) {
        for (int word = 0; word < words.length; word++) {
            long value = words[word];
            if (begun && value == stored[word]) continue;
            Words.opaque(segment, at + 8L * word, value);
            stored[word] = value;
        }
        begun = true;
    }

    /// What stands at `at`, by name; a bucket has its number behind the name.
    static Map<String, Long> read(MemorySegment segment, long at, StructLayout layout) {
        Map<String, Long> counters = new LinkedHashMap<>();
        long offset = 0;
        for (MemoryLayout member : layout.memberLayouts()) {
            String name = member.name().orElse(null);
            long count = member instanceof SequenceLayout sequence ? sequence.elementCount() : 1;
            for (int index = 0; name != null && index < count; index++) {
                String shown = member instanceof SequenceLayout ? name + "." + index : name;
                counters.put(shown, Words.opaque(segment, at + offset + 8L * index));
            }
            offset += member.byteSize();
        }
        return counters;
    }
}
