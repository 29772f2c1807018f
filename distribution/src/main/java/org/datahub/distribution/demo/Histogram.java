package org.datahub.distribution.demo;

import java.util.Arrays;

/// Counts times in buckets whose width is 1/32 of their value, so that a percentile is at most 3 %
/// too high.
final class Histogram {
    private static final int PARTS = 32;
    private static final int PART_BITS = 5;
    private static final int BUCKETS = (Long.SIZE - PART_BITS) * PARTS;

    private final long[] counts = new long[BUCKETS];
    private long total;

    /// Counts one value; a negative one counts as 0.
    void record(long value) {
        counts[bucket(Math.max(0, value))]++;
        total++;
    }

    /// Counts all that `other` has counted.
    void add(Histogram other) {
        for (int bucket = 0; bucket < BUCKETS; bucket++) counts[bucket] += other.counts[bucket];
        total += other.total;
    }

    /// Forgets everything.
    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
    }

    /// The value that `part` of all values do not exceed; 0 where there are none.
    long percentile(double part) {
        long wanted = Math.max(1, (long) Math.ceil(part * total));
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += counts[bucket];
            if (seen >= wanted) return most(bucket);
        }
        return 0;
    }

    private static int bucket(long value) {
        if (value < PARTS) return (int) value;
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - PART_BITS;
        return (shift + 1) * PARTS + (int) (value >>> shift) - PARTS;
    }

    private static long most(int bucket) {
        if (bucket < PARTS) return bucket;
        int shift = bucket / PARTS - 1;
        return ((long) (bucket % PARTS + PARTS + 1) << shift) - 1;
    }
}
