package org.datahub.itests.crash;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What stands in a slot: a function of its number and of the incarnation that wrote it. A slot
/// that is torn, old, or another's shows in every word.
final class Pattern {
    /// Most bytes of a payload.
    static final int MOST_BYTES = 96;

    private static final int LEAST_WORDS = 3;
    private static final int MOST_WORDS = MOST_BYTES / Long.BYTES;

    private Pattern() {}

    static int bytes(long n) {
        return (int) (LEAST_WORDS + n % (MOST_WORDS - LEAST_WORDS + 1)) * Long.BYTES;
    }

    private static long word(long n, long incarnation, int index) {
        if (index == 0) return n;
        if (index == 1) return incarnation;
        return (n + 1) * 0x9E3779B97F4A7C15L + incarnation * 0xC2B2AE3D27D4EB4FL + index;
    }

    /// Writes slot n at `offset`; returns its bytes. Half way through, the program may die.
    static int fill(MemorySegment into, long offset, long n, long incarnation) {
        int words = bytes(n) / Long.BYTES;
        for (int index = 0; index < words; index++) {
            if (index == words / 2) Trap.at("payload");
            into.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + (long) index * Long.BYTES, word(n, incarnation, index));
        }
        return words * Long.BYTES;
    }

    /// Why `payload` is not slot n as `incarnation` wrote it; null where it is.
    static String fault(long[] payload, long n, long incarnation) {
        if (payload.length * Long.BYTES != bytes(n))
            return "slot " + n + " has another length: words=" + payload.length;
        for (int index = 0; index < payload.length; index++) {
            if (payload[index] == word(n, incarnation, index)) continue;
            return "slot " + n + " is not what incarnation " + incarnation + " wrote: word=" + index + ", found="
                    + Long.toHexString(payload[index]) + ", number=" + payload[0] + ", incarnation=" + payload[1];
        }
        return null;
    }
}
