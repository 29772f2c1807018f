package org.datahub.distribution;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import org.datahub.api.DataBlockConsumer;

/// One slot as a line.
///
/// @param slot its number
/// @param timestampNs CLOCK_MONOTONIC at the commit, 0 where the block has no clock
/// @param time the same in UTC, null where the block has no clock
/// @param length payload bytes
/// @param user the producer's own word
/// @param head the first bytes in hex
record SlotText(long slot, long timestampNs, String time, long length, long user, String head) {
    private static final int HEAD_BYTES = 16;
    private static final long SECOND = 1_000_000_000;

    /// The slot that `in` holds.
    static SlotText of(DataBlockConsumer in) {
        byte[] head = new byte[(int) Math.min(in.length(), HEAD_BYTES)];
        MemorySegment.copy(in.segment(), ValueLayout.JAVA_BYTE, in.offset(), head, 0, head.length);
        long stamp = in.timestamp();
        String time = stamp == 0 ? null : utc(stamp + in.utcOffset());
        return new SlotText(
                in.number(), stamp, time, in.length(), in.user(), HexFormat.of().formatHex(head));
    }

    private static String utc(long nanos) {
        Instant instant = Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
        return instant.toString();
    }

    /// For people.
    String line() {
        return "slot=" + slot + " time=" + (time == null ? "-" : time) + " length=" + length + " user=" + user + " "
                + head + " |" + readable() + "|";
    }

    private String readable() {
        ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(head));
        StringBuilder text = new StringBuilder();
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            text.append(next >= ' ' && next <= '~' ? (char) next : '.');
        }
        return text.toString();
    }
}
