package org.datahub.examples.instrument;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What an instrument publishes. Every payload can be told right from wrong by its slot number
/// alone.
public interface Content {
    /// Some tens of milliseconds.
    int REHEARSALS = 40;

    /// Name of the block.
    String name();

    /// The block's configuration, as an operator would write it into `config/`.
    String configuration();

    /// Payload bytes of a slot.
    int bytes();

    /// Slots a second.
    double rate();

    /// Writes the payload of slot `number`.
    void fill(MemorySegment segment, long offset, long number);

    /// Whether this is the payload of slot `number`, all of it.
    boolean verify(MemorySegment segment, long offset, long length, long number);

    /// Fills and verifies some payloads of nobody, so that the compiler has seen both before
    /// records flow.
    default void rehearse() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(bytes(), Long.BYTES);
            for (int number = 0; number < REHEARSALS; number++) {
                fill(segment, 0, number);
                if (!verify(segment, 0, bytes(), number)) throw new IllegalStateException("stream=" + name());
            }
        }
    }

    /// Spreads a number over 64 bits.
    static long mix(long number) {
        long mixed = (number + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
