package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U64;

import java.lang.foreign.StructLayout;

/// A spin lock in `control`. Its owner is a participant, of one attach: bits 0 to 15 say the row +
/// 1, or
/// 0xffff for the producer; bit 16 that it was handed over and not yet taken; the others the
/// session.
///
/// | offset | size | type    | name             | writer          | order   | meaning          |
/// |-------:|-----:|---------|------------------|-----------------|---------|------------------|
/// |      0 |    8 | u64     | owner            | any participant | replace | 0 free           |
/// |      8 |    8 | u64     | inconsistent     | any participant | rel/acq | 1: an owner died |
/// |    128 |  128 | u64[16] | waiting          | any participant | replace | a bit a row      |
/// |    256 |    8 | u64     | producer_waiting | producer        | replace | 1: it waits      |
public final class LockLayout {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "spin_lock",
            384,
            0,
            U64.withName("owner"),
            8,
            U64.withName("inconsistent"),
            128,
            Wire.words(16, "waiting"),
            256,
            U64.withName("producer_waiting"));

    /// Bytes of it.
    public static final int BYTES = 384;

    /// Offset of `owner`.
    public static final long OWNER = Wire.offset(LAYOUT, "owner");

    /// Offset of `inconsistent`.
    public static final long INCONSISTENT = Wire.offset(LAYOUT, "inconsistent");

    /// Offset of `waiting`.
    public static final long WAITING = Wire.offset(LAYOUT, "waiting");

    /// Offset of `producer_waiting`.
    public static final long PRODUCER_WAITING = Wire.offset(LAYOUT, "producer_waiting");

    /// Participant number of the producer; row j's is j + 1.
    public static final int PRODUCER = 0xffff;

    /// Set in an owner word that was handed over and not yet taken.
    public static final long HANDED = 1L << 16;

    /// The owner word of a participant in one attach.
    public static long owner(int participant, long session) {
        return session << 17 | participant;
    }

    /// Whose owner word it is.
    public static int participant(long owner) {
        return (int) owner & 0xffff;
    }

    /// The attach of an owner word.
    public static long session(long owner) {
        return owner >>> 17;
    }

    private LockLayout() {}
}
