package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U16;
import static org.datahub.api.layout.Wire.U32;
import static org.datahub.api.layout.Wire.U64;
import static org.datahub.api.layout.Wire.U8;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// The 32 bytes before each slot's payload.
///
/// | offset | size | type | name         | writer   | order           | meaning                   |
/// |-------:|-----:|------|--------------|----------|-----------------|---------------------------|
/// |      0 |    8 | u64  | stamp        | producer | release/acquire | 0, or the slot number + 1 |
/// |      8 |    4 | u32  | length       | producer | plain           | payload bytes             |
/// |     12 |    2 | u16  | flags        | producer | plain           | 0; kept for later         |
/// |     14 |    1 | u8   | integrity    | producer | plain           | algorithm id, 0 none      |
/// |     15 |    1 | u8   | key_epoch    | producer | plain           | low 8 bits of the epoch   |
/// |     16 |    8 | u64  | timestamp_ns | producer | plain           | CLOCK_MONOTONIC, 0 none   |
/// |     24 |    8 | u64  | user         | producer | plain           | the caller's own          |
public final class SlotHeader {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "slot_header",
            32,
            0,
            U64.withName("stamp"),
            8,
            U32.withName("length"),
            12,
            U16.withName("flags"),
            14,
            U8.withName("integrity"),
            15,
            U8.withName("key_epoch"),
            16,
            U64.withName("timestamp_ns"),
            24,
            U64.withName("user"));

    /// Bytes of a header.
    public static final int BYTES = 32;

    /// Bytes reserved behind each payload area for the tag.
    public static final int TAG_BYTES = 32;

    private static final long LENGTH = Wire.offset(LAYOUT, "length");
    private static final long TIMESTAMP = Wire.offset(LAYOUT, "timestamp_ns");
    private static final long USER = Wire.offset(LAYOUT, "user");

    private SlotHeader() {}

    /// Commits: whoever acquires `stamp` as n + 1 sees everything written to slot n before.
    public static void commit(MemorySegment data, long slot, long n) {
        Words.release(data, slot, n + 1);
    }

    /// Empties the cell before it is written: nothing that is written after can be taken for the
    /// old slot. The commit before comes first: else the cell's old slot would be gone while it is one
    /// of the K newest still.
    public static void empty(MemorySegment data, long slot) {
        Words.release(data, slot, 0L);
        Words.storeFence();
    }

    /// Empties a cell of a batch; one [Words#storeFence] follows the last of them.
    public static void emptyUnfenced(MemorySegment data, long slot) {
        Words.release(data, slot, 0L);
    }

    /// The stamp; what was written to the slot before it was committed is seen.
    public static long stamp(MemorySegment data, long slot) {
        return Words.acquire(data, slot);
    }

    /// The stamp a second time: whether the slot is n still, and all that was loaded from it since
    /// is n's.
    public static boolean still(MemorySegment data, long slot, long n) {
        Words.acquireFence();
        return Words.acquire(data, slot) == n + 1;
    }

    /// Writes length, flags, algorithm and key epoch at once.
    public static void describe(MemorySegment data, long slot, long length, int integrity, int keyEpoch) {
        Words.plain(data, slot + LENGTH, length | (long) integrity << 48 | (long) keyEpoch << 56);
    }

    /// Writes the time and the caller's word.
    public static void mark(MemorySegment data, long slot, long timestamp, long user) {
        Words.plain(data, slot + TIMESTAMP, timestamp);
        Words.plain(data, slot + USER, user);
    }

    /// Length, flags, algorithm and key epoch as they stand: see [#length], [#integrity] and
    /// [#keyEpoch].
    public static long description(MemorySegment data, long slot) {
        return Words.plain(data, slot + LENGTH);
    }

    /// Payload bytes of a description, 0 to 2^32 - 1; not yet checked against the cell.
    public static long length(long description) {
        return description & 0xffff_ffffL;
    }

    /// Flags of a description.
    public static int flags(long description) {
        return (int) (description >>> 32) & 0xffff;
    }

    /// Algorithm id of a description.
    public static int integrity(long description) {
        return (int) (description >>> 48) & 0xff;
    }

    /// Low 8 bits of the key epoch of a description.
    public static int keyEpoch(long description) {
        return (int) (description >>> 56);
    }

    /// The time of the commit.
    public static long timestamp(MemorySegment data, long slot) {
        return Words.plain(data, slot + TIMESTAMP);
    }

    /// The caller's word.
    public static long user(MemorySegment data, long slot) {
        return Words.plain(data, slot + USER);
    }
}
