package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U32;
import static org.datahub.api.layout.Wire.U64;

import java.lang.foreign.StructLayout;

/// The head of a flexible zone in `control`; its fields follow, then the two halves of its
/// snapshot. Who
/// writes a snapshot holds the lock of the zone.
///
/// | offset | size | type | name       | writer          | order    | meaning            |
/// |-------:|-----:|------|------------|-----------------|----------|--------------------|
/// |      0 |    8 | u64  | generation | lock holder     | rel/acq  | snapshots so far   |
/// |    128 |    4 | u32  | changes    | any participant | add      | futex; all changes |
/// |    132 |    4 | u32  | asleep     | any participant | exchange | 1: one sleeps      |
public final class ZoneHeader {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "zone_header",
            256,
            0,
            U64.withName("generation"),
            128,
            U32.withName("changes"),
            132,
            U32.withName("asleep"));

    /// Bytes of it.
    public static final int BYTES = 256;

    /// Offset of `generation`.
    public static final long GENERATION = Wire.offset(LAYOUT, "generation");

    /// Offset of `changes`.
    public static final long CHANGES = Wire.offset(LAYOUT, "changes");

    /// Offset of `asleep`.
    public static final long ASLEEP = Wire.offset(LAYOUT, "asleep");

    /// Offset of a field, behind the header at `zone`.
    public static long field(long zone, int field) {
        return zone + BYTES + 8L * field;
    }

    /// Offset of the half that holds snapshot number `generation`.
    public static long half(long zone, int fields, long bytes, long generation) {
        return zone + BYTES + lines(8L * fields) + (generation & 1) * lines(bytes);
    }

    /// Bytes of a zone, header included.
    public static long bytes(int fields, long bytes) {
        return BYTES + lines(8L * fields) + 2 * lines(bytes);
    }

    private static long lines(long bytes) {
        return (bytes + Wire.LINE - 1) / Wire.LINE * Wire.LINE;
    }

    private ZoneHeader() {}
}
