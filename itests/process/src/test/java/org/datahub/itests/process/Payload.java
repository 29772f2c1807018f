package org.datahub.itests.process;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// What a slot holds in these tests: each byte follows from the slot's number, the incarnation of
/// its producer and its
/// place, so that a torn, stale or foreign payload differs from the right one at the first word.
final class Payload {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long STEP = 0x9e37_79b9_7f4a_7c15L;

    private Payload() {}

    /// Fills `length` bytes from `offset` on.
    static void fill(MemorySegment segment, long offset, long length, long number, long incarnation) {
        fill(segment, offset, 0, length, number, incarnation);
    }

    /// Fills the bytes `from` to `to` of a payload that begins at `offset`; `from` is a multiple of
    /// 8.
    static void fill(MemorySegment segment, long offset, long from, long to, long number, long incarnation) {
        long word = seed(number, incarnation) + from / 8 * STEP;
        long at = from;
        for (; at + 8 <= to; at += 8, word += STEP) segment.set(WORD, offset + at, word);
        for (; at < to; at++, word >>>= 8) segment.set(ValueLayout.JAVA_BYTE, offset + at, (byte) word);
    }

    /// The first byte that is not as [#fill] left it, or -1.
    static long wrong(MemorySegment segment, long offset, long length, long number, long incarnation) {
        long word = seed(number, incarnation);
        long at = 0;
        for (; at + 8 <= length; at += 8, word += STEP) {
            if (segment.get(WORD, offset + at) != word) return at;
        }
        for (; at < length; at++, word >>>= 8) {
            if (segment.get(ValueLayout.JAVA_BYTE, offset + at) != (byte) word) return at;
        }
        return -1;
    }

    private static long seed(long number, long incarnation) {
        long z = number * 0xbf58_476d_1ce4_e5b9L + incarnation * 0x94d0_49bb_1331_11ebL + STEP;
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }
}
