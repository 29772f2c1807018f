package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U32;
import static org.datahub.api.layout.Wire.U64;

import java.lang.foreign.StructLayout;

/// The head of the file `control`, which every participant may write: nothing in it is believed
/// without a check.
///
/// | offset | size | type    | name             | writer     | order    | meaning               |
/// |-------:|-----:|---------|------------------|------------|----------|-----------------------|
/// |      0 |    8 | u64     | magic            | creator    | rel/acq  | DHCONTR1, last        |
/// |      8 |    4 | u32     | layout_version   | creator    | once     | major << 16, minor    |
/// |     12 |    4 | u32     | byte_order       | creator    | once     | 0x01020304            |
/// |     16 |    8 | u64     | layout_hash      | creator    | once     | hash of all layouts   |
/// |     24 |    8 | u64     | control_bytes    | creator    | once     | size of this file     |
/// |     32 |    8 | u64     | block_id_high    | creator    | once     | as in state           |
/// |     40 |    8 | u64     | block_id_low     | creator    | once     | as in state           |
/// |     48 |    8 | u64     | rows_offset      | creator    | once     | where the rows begin  |
/// |     56 |    4 | u32     | rows             | creator    | once     | as in state           |
/// |     60 |    4 | u32     | row_bytes        | creator    | once     | 1024                  |
/// |     64 |    8 | u64     | zones_offset     | creator    | once     | where the zones begin |
/// |     72 |    8 | u64     | zones_bytes      | creator    | once     | bytes of all zones    |
/// |     80 |    8 | u64     | locks_offset     | creator    | once     | where locks begin     |
/// |     88 |    8 | u64     | audit_offset     | creator    | once     | for audit, later      |
/// |     96 |    8 | u64     | audit_bytes      | creator    | once     | 0 now                 |
/// |    128 |    8 | u64     | join_epoch       | joiners    | add      | joins and leaves      |
/// |    136 |    4 | u32     | producer_asleep  | both sides | exchange | 1: it sleeps          |
/// |    256 |    4 | u32     | consumers_asleep | both sides | exchange | 1: one sleeps         |
/// |    384 |    4 | u32     | bell             | consumers  | add      | futex of producer     |
/// |    512 |    8 | u64     | request_number   | requester  | rel/acq  | last, under byte 1    |
/// |    520 |    8 | u64     | request_for      | requester  | opaque   | whose words; 0: none  |
/// |    528 |    8 | u64     | request_kind     | requester  | plain    | 1 to 4: see below     |
/// |    536 |  104 | u64[13] | request_values   | requester  | plain    | see below             |
public final class ControlLayout {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "control_header",
            1024,
            0,
            U64.withName("magic"),
            8,
            U32.withName("layout_version"),
            12,
            U32.withName("byte_order"),
            16,
            U64.withName("layout_hash"),
            24,
            U64.withName("control_bytes"),
            32,
            U64.withName("block_id_high"),
            40,
            U64.withName("block_id_low"),
            48,
            U64.withName("rows_offset"),
            56,
            U32.withName("rows"),
            60,
            U32.withName("row_bytes"),
            64,
            U64.withName("zones_offset"),
            72,
            U64.withName("zones_bytes"),
            80,
            U64.withName("locks_offset"),
            88,
            U64.withName("audit_offset"),
            96,
            U64.withName("audit_bytes"),
            128,
            U64.withName("join_epoch"),
            136,
            U32.withName("producer_asleep"),
            256,
            U32.withName("consumers_asleep"),
            384,
            U32.withName("bell"),
            512,
            U64.withName("request_number"),
            520,
            U64.withName("request_for"),
            528,
            U64.withName("request_kind"),
            536,
            Wire.words(13, "request_values"));

    /// Bytes of it.
    public static final int BYTES = 1024;

    /// The magic word.
    public static final long MAGIC_WORD = Wire.magic("DHCONTR1");

    /// Offset of `magic`.
    public static final long MAGIC = Wire.offset(LAYOUT, "magic");

    /// Offset of `layout_version`.
    public static final long LAYOUT_VERSION = Wire.offset(LAYOUT, "layout_version");

    /// Offset of `byte_order`.
    public static final long BYTE_ORDER = Wire.offset(LAYOUT, "byte_order");

    /// Offset of `layout_hash`.
    public static final long LAYOUT_HASH = Wire.offset(LAYOUT, "layout_hash");

    /// Offset of `control_bytes`.
    public static final long CONTROL_BYTES = Wire.offset(LAYOUT, "control_bytes");

    /// Offset of `block_id_high`.
    public static final long BLOCK_ID_HIGH = Wire.offset(LAYOUT, "block_id_high");

    /// Offset of `block_id_low`.
    public static final long BLOCK_ID_LOW = Wire.offset(LAYOUT, "block_id_low");

    /// Offset of `rows_offset`.
    public static final long ROWS_OFFSET = Wire.offset(LAYOUT, "rows_offset");

    /// Offset of `rows`.
    public static final long ROWS = Wire.offset(LAYOUT, "rows");

    /// Offset of `row_bytes`.
    public static final long ROW_BYTES = Wire.offset(LAYOUT, "row_bytes");

    /// Offset of `zones_offset`.
    public static final long ZONES_OFFSET = Wire.offset(LAYOUT, "zones_offset");

    /// Offset of `zones_bytes`.
    public static final long ZONES_BYTES = Wire.offset(LAYOUT, "zones_bytes");

    /// Offset of `locks_offset`.
    public static final long LOCKS_OFFSET = Wire.offset(LAYOUT, "locks_offset");

    /// Offset of `audit_offset`.
    public static final long AUDIT_OFFSET = Wire.offset(LAYOUT, "audit_offset");

    /// Offset of `audit_bytes`.
    public static final long AUDIT_BYTES = Wire.offset(LAYOUT, "audit_bytes");

    /// Offset of `join_epoch`.
    public static final long JOIN_EPOCH = Wire.offset(LAYOUT, "join_epoch");

    /// Offset of `producer_asleep`.
    public static final long PRODUCER_ASLEEP = Wire.offset(LAYOUT, "producer_asleep");

    /// Offset of `consumers_asleep`.
    public static final long CONSUMERS_ASLEEP = Wire.offset(LAYOUT, "consumers_asleep");

    /// Offset of `bell`.
    public static final long BELL = Wire.offset(LAYOUT, "bell");

    /// Offset of `request_number`.
    public static final long REQUEST_NUMBER = Wire.offset(LAYOUT, "request_number");

    /// Offset of `request_for`.
    public static final long REQUEST_FOR = Wire.offset(LAYOUT, "request_for");

    /// Offset of `request_kind`.
    public static final long REQUEST_KIND = Wire.offset(LAYOUT, "request_kind");

    /// Offset of `request_values`.
    public static final long REQUEST_VALUES = Wire.offset(LAYOUT, "request_values");

    /// The kind of request that lets a lossless consumer go.
    public static final long EVICT = 1;

    /// The kind of request that begins a handover.
    public static final long HANDOVER = 2;

    /// The kind of request that cancels one.
    public static final long CANCEL = 3;

    /// The kind of request that begins a new key epoch.
    public static final long ROTATE = 4;

    /// Offset of a participant's row.
    public static long row(int index) {
        return BYTES + (long) index * RowLayout.BYTES;
    }

    private ControlLayout() {}
}
