package org.datahub.itests.framework;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// What slot n holds: each word follows from n and its place.
final class Payload {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long STEP = 0x9e37_79b9_7f4a_7c15L;

    private Payload() {}

    private static long seed(long number) {
        long mixed = (number + STEP) * 0xbf58_476d_1ce4_e5b9L;
        return mixed ^ mixed >>> 31;
    }

    /// Fills `length` bytes, a multiple of 8.
    static void fill(MemorySegment segment, long offset, long length, long number) {
        long word = seed(number);
        for (long at = 0; at < length; at += 8, word += STEP) segment.set(WORD, offset + at, word);
    }

    /// Whether this is what [#fill] wrote.
    static boolean right(MemorySegment segment, long offset, long length, long number) {
        long word = seed(number);
        for (long at = 0; at < length; at += 8, word += STEP) {
            if (segment.get(WORD, offset + at) != word) return false;
        }
        return true;
    }
}
