package org.datahub.examples.instrument;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/// A camera that nobody has to plug in: 4 MiB at 60 Hz. Word i of frame n is `mix(n) + i * STEP`,
/// so a frame that is torn, moved or stale shows in every word.
public final class Frames implements Content {
    private static final int BYTES = 4 << 20;
    private static final long STEP = 0x9E3779B97F4A7C15L;

    @Override
    public String name() {
        return "frames";
    }

    @Override
    public String configuration() {
        return """
                name = frames
                policy = SEQUENTIAL_SYNC
                slots = 8
                slot.bytes = 4MiB
                align = 64
                timestamp = exact
                participants = 8
                """;
    }

    @Override
    public int bytes() {
        return BYTES;
    }

    @Override
    public double rate() {
        return 60;
    }

    @Override
    public void fill(MemorySegment segment, long offset, long number) {
        long word = Content.mix(number);
        for (int at = 0; at < BYTES; at += Long.BYTES) {
            segment.set(JAVA_LONG, offset + at, word);
            word += STEP;
        }
    }

    @Override
    public boolean verify(MemorySegment segment, long offset, long length, long number) {
        if (length != BYTES) return false;
        long word = Content.mix(number);
        long wrong = 0;
        for (int at = 0; at < BYTES; at += Long.BYTES) {
            wrong |= segment.get(JAVA_LONG, offset + at) ^ word;
            word += STEP;
        }
        return wrong == 0;
    }
}
