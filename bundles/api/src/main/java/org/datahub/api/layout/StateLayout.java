package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U32;
import static org.datahub.api.layout.Wire.U64;

import java.lang.foreign.StructLayout;

/// The file `state`: who and what a block is, and what its producer says. Written by the producer
/// alone (at creation by the creator, who holds byte 0 then), mapped read-only by everybody else.
///
/// | offset | size | type      | name             | writer   | order     | meaning                 |
/// |-------:|-----:|-----------|------------------|----------|-----------|-------------------------|
/// |      0 |    8 | u64       | magic            | creator  | rel/acq   | DHSTATE1, last          |
/// |      8 |    4 | u32       | layout_version   | creator  | once      | major << 16, minor      |
/// |     12 |    4 | u32       | byte_order       | creator  | once      | 0x01020304              |
/// |     16 |    8 | u64       | layout_hash      | creator  | once      | hash of all layouts     |
/// |     24 |    8 | u64       | state_bytes      | creator  | once      | size of this file       |
/// |     32 |    8 | u64       | block_id_high    | creator  | once      | random                  |
/// |     40 |    8 | u64       | block_id_low     | creator  | once      | random                  |
/// |     48 |    8 | u64       | control_bytes    | creator  | once      | size of control         |
/// |     56 |    8 | u64       | created_utc_ns   | creator  | once      | for people              |
/// |     64 |    8 | u64       | boot_id_high     | producer | rel/acq   | boot it lives in        |
/// |     72 |    8 | u64       | boot_id_low      | producer | rel/acq   | the rest of it, last    |
/// |     80 |    4 | u32       | sync_policy      | creator  | once      | SyncPolicy              |
/// |     84 |    4 | u32       | buffer_policy    | creator  | once      | BufferPolicy            |
/// |     88 |    4 | u32       | rows             | creator  | once      | 1..1024                 |
/// |     92 |    4 | u32       | pins_per_row     | creator  | once      | 1..16                   |
/// |     96 |    4 | u32       | zones            | creator  | once      | flexible zones, 0..64   |
/// |    100 |    4 | u32       | locks            | creator  | once      | spin locks, 0..1024     |
/// |    104 |    4 | u32       | timestamps       | creator  | once      | Timestamps              |
/// |    108 |    4 | u32       | integrity_mode   | creator  | once      | IntegrityMode           |
/// |    112 |    8 | u64       | stall_ns         | producer | opaque    | how long one may gate   |
/// |    120 |    4 | u32       | stall_policy     | producer | plain     | StallPolicy             |
/// |    124 |    4 | u32       | name_bytes       | creator  | once      | 1..255                  |
/// |    128 |  256 | u8[256]   | name             | creator  | once      | UTF-8                   |
/// |    512 |    8 | u64       | incarnation      | producer | rel/acq   | producers so far        |
/// |    520 |    8 | u64       | barriers         | producer | rel/acq   | 1: has membarrier       |
/// |    528 |    8 | u64       | pid              | producer | opaque    | for people              |
/// |    536 |    8 | u64       | start_ticks      | producer | opaque    | for people              |
/// |    544 |    8 | u64       | pid_namespace    | producer | opaque    | for people              |
/// |    552 |    8 | u64       | time_namespace   | producer | opaque    | for people              |
/// |    560 |    4 | u32       | uid              | producer | plain     | for people              |
/// |    564 |    4 | u32       | label_bytes      | producer | plain     | 0..64                   |
/// |    568 |   64 | u8[64]    | label            | producer | plain     | UTF-8, for people       |
/// |    640 |    8 | u64       | ack_epoch        | producer | rel/acq   | join epoch last scanned |
/// |    768 |    8 | u64       | end              | producer | rel/acq   | 0, or slots so far + 1  |
/// |    776 |    8 | u64       | removed          | remover  | rel/acq   | 1: REMOVED              |
/// |    784 |    8 | u64       | end_incarnation  | producer | rel/acq   | whose words; 0: none    |
/// |    792 |    4 | u32       | end_reason_bytes | producer | plain     | 0..96                   |
/// |    800 |   96 | u8[96]    | end_reason       | producer | plain     | UTF-8, why it ended     |
/// |    896 |    4 | u32       | bell             | producer | add       | futex of consumers      |
/// |   1024 |    8 | u64       | beat_ns          | producer | opaque    | CLOCK_MONOTONIC         |
/// |   1032 |    8 | u64       | utc_offset_ns    | producer | opaque    | UTC - CLOCK_MONOTONIC   |
/// |   1040 |    8 | u64       | beat_interval_ns | producer | opaque    | time between beats      |
/// |   1152 |    8 | u64       | key_epoch        | producer | rel/acq   | only grows              |
/// |   1160 |    8 | u64       | generation_epoch | producer | rel/acq   | table changes           |
/// |   1168 |   64 | u64[8]    | key_ids          | producer | rel/acq   | of epoch e: at e mod 8  |
/// |   1232 |    8 | u64       | generations_made | producer | rel/acq   | highest number given    |
/// |   1240 |    8 | u64       | handover_over    | producer | rel/acq   | last one that ended     |
/// |   1248 |    4 | u32       | handover_result  | producer | plain     | 0 cut, else cancelled   |
/// |   1252 |    4 | u32       | handover_bytes   | producer | plain     | 0..96                   |
/// |   1256 |    8 | u64       | handover_cut     | producer | plain     | its first slot          |
/// |   1280 |    8 | u64       | answer_number    | producer | rel/acq   | last one answered       |
/// |   1288 |    4 | u32       | answer_result    | producer | plain     | 0 done, else why        |
/// |   1296 |    8 | u64       | answer_value     | producer | plain     | what the answer says    |
/// |   1304 |   96 | u8[96]    | handover_reason  | producer | plain     | UTF-8, why cancelled    |
/// |   1408 |  128 | u64[16]   | evicted          | producer | rel/acq   | a bit a row             |
/// |   1536 |  512 | u64[64]   | counters         | producer | opaque    | its counters, below     |
/// |   2048 | 2048 | u64[256]  | generations      | producer | see below | 4 generation entries    |
/// |   4096 | 8192 | u64[1024] | let_go           | producer | rel/acq   | by row: join evicted    |
public final class StateLayout {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "state",
            12288,
            0,
            U64.withName("magic"),
            8,
            U32.withName("layout_version"),
            12,
            U32.withName("byte_order"),
            16,
            U64.withName("layout_hash"),
            24,
            U64.withName("state_bytes"),
            32,
            U64.withName("block_id_high"),
            40,
            U64.withName("block_id_low"),
            48,
            U64.withName("control_bytes"),
            56,
            U64.withName("created_utc_ns"),
            64,
            U64.withName("boot_id_high"),
            72,
            U64.withName("boot_id_low"),
            80,
            U32.withName("sync_policy"),
            84,
            U32.withName("buffer_policy"),
            88,
            U32.withName("rows"),
            92,
            U32.withName("pins_per_row"),
            96,
            U32.withName("zones"),
            100,
            U32.withName("locks"),
            104,
            U32.withName("timestamps"),
            108,
            U32.withName("integrity_mode"),
            112,
            U64.withName("stall_ns"),
            120,
            U32.withName("stall_policy"),
            124,
            U32.withName("name_bytes"),
            128,
            Wire.bytes(256, "name"),
            512,
            U64.withName("incarnation"),
            520,
            U64.withName("barriers"),
            528,
            U64.withName("pid"),
            536,
            U64.withName("start_ticks"),
            544,
            U64.withName("pid_namespace"),
            552,
            U64.withName("time_namespace"),
            560,
            U32.withName("uid"),
            564,
            U32.withName("label_bytes"),
            568,
            Wire.bytes(64, "label"),
            640,
            U64.withName("ack_epoch"),
            768,
            U64.withName("end"),
            776,
            U64.withName("removed"),
            784,
            U64.withName("end_incarnation"),
            792,
            U32.withName("end_reason_bytes"),
            800,
            Wire.bytes(96, "end_reason"),
            896,
            U32.withName("bell"),
            1024,
            U64.withName("beat_ns"),
            1032,
            U64.withName("utc_offset_ns"),
            1040,
            U64.withName("beat_interval_ns"),
            1152,
            U64.withName("key_epoch"),
            1160,
            U64.withName("generation_epoch"),
            1168,
            Wire.words(8, "key_ids"),
            1232,
            U64.withName("generations_made"),
            1240,
            U64.withName("handover_over"),
            1248,
            U32.withName("handover_result"),
            1252,
            U32.withName("handover_bytes"),
            1256,
            U64.withName("handover_cut"),
            1280,
            U64.withName("answer_number"),
            1288,
            U32.withName("answer_result"),
            1296,
            U64.withName("answer_value"),
            1304,
            Wire.bytes(96, "handover_reason"),
            1408,
            Wire.words(16, "evicted"),
            1536,
            Wire.words(64, "counters"),
            2048,
            Wire.words(256, "generations"),
            4096,
            Wire.words(1024, "let_go"));

    /// Bytes of it.
    public static final int BYTES = 12288;

    /// The magic word.
    public static final long MAGIC_WORD = Wire.magic("DHSTATE1");

    /// Entries of the generation table.
    public static final int GENERATION_ENTRIES = 4;

    /// Key epochs whose keys are known: the newest ones.
    public static final int KEY_EPOCHS = 8;

    /// Most bytes of a participant's label.
    public static final int MOST_LABEL_BYTES = 64;

    /// Most bytes of the reason of an end.
    public static final int MOST_END_REASON_BYTES = 96;

    /// Most bytes of the reason why a handover was cancelled.
    public static final int MOST_HANDOVER_BYTES = 96;

    /// Most rows of a block.
    public static final int MOST_ROWS = 1024;

    /// Most flexible zones of a block.
    public static final int MOST_ZONES = 64;

    /// Most spin locks of a block.
    public static final int MOST_LOCKS = 1024;

    /// Offset of `magic`.
    public static final long MAGIC = Wire.offset(LAYOUT, "magic");

    /// Offset of `layout_version`.
    public static final long LAYOUT_VERSION = Wire.offset(LAYOUT, "layout_version");

    /// Offset of `byte_order`.
    public static final long BYTE_ORDER = Wire.offset(LAYOUT, "byte_order");

    /// Offset of `layout_hash`.
    public static final long LAYOUT_HASH = Wire.offset(LAYOUT, "layout_hash");

    /// Offset of `state_bytes`.
    public static final long STATE_BYTES = Wire.offset(LAYOUT, "state_bytes");

    /// Offset of `block_id_high`.
    public static final long BLOCK_ID_HIGH = Wire.offset(LAYOUT, "block_id_high");

    /// Offset of `block_id_low`.
    public static final long BLOCK_ID_LOW = Wire.offset(LAYOUT, "block_id_low");

    /// Offset of `control_bytes`.
    public static final long CONTROL_BYTES = Wire.offset(LAYOUT, "control_bytes");

    /// Offset of `created_utc_ns`.
    public static final long CREATED_UTC_NS = Wire.offset(LAYOUT, "created_utc_ns");

    /// Offset of `boot_id_high`.
    public static final long BOOT_ID_HIGH = Wire.offset(LAYOUT, "boot_id_high");

    /// Offset of `boot_id_low`.
    public static final long BOOT_ID_LOW = Wire.offset(LAYOUT, "boot_id_low");

    /// Offset of `sync_policy`.
    public static final long SYNC_POLICY = Wire.offset(LAYOUT, "sync_policy");

    /// Offset of `buffer_policy`.
    public static final long BUFFER_POLICY = Wire.offset(LAYOUT, "buffer_policy");

    /// Offset of `rows`.
    public static final long ROWS = Wire.offset(LAYOUT, "rows");

    /// Offset of `pins_per_row`.
    public static final long PINS_PER_ROW = Wire.offset(LAYOUT, "pins_per_row");

    /// Offset of `zones`.
    public static final long ZONES = Wire.offset(LAYOUT, "zones");

    /// Offset of `locks`.
    public static final long LOCKS = Wire.offset(LAYOUT, "locks");

    /// Offset of `timestamps`.
    public static final long TIMESTAMPS = Wire.offset(LAYOUT, "timestamps");

    /// Offset of `integrity_mode`.
    public static final long INTEGRITY_MODE = Wire.offset(LAYOUT, "integrity_mode");

    /// Offset of `stall_ns`.
    public static final long STALL_NS = Wire.offset(LAYOUT, "stall_ns");

    /// Offset of `stall_policy`.
    public static final long STALL_POLICY = Wire.offset(LAYOUT, "stall_policy");

    /// Offset of `name_bytes`.
    public static final long NAME_BYTES = Wire.offset(LAYOUT, "name_bytes");

    /// Offset of `name`.
    public static final long NAME = Wire.offset(LAYOUT, "name");

    /// Offset of `incarnation`.
    public static final long INCARNATION = Wire.offset(LAYOUT, "incarnation");

    /// Offset of `barriers`.
    public static final long BARRIERS = Wire.offset(LAYOUT, "barriers");

    /// Offset of `pid`.
    public static final long PID = Wire.offset(LAYOUT, "pid");

    /// Offset of `start_ticks`.
    public static final long START_TICKS = Wire.offset(LAYOUT, "start_ticks");

    /// Offset of `pid_namespace`.
    public static final long PID_NAMESPACE = Wire.offset(LAYOUT, "pid_namespace");

    /// Offset of `time_namespace`.
    public static final long TIME_NAMESPACE = Wire.offset(LAYOUT, "time_namespace");

    /// Offset of `uid`.
    public static final long UID = Wire.offset(LAYOUT, "uid");

    /// Offset of `label_bytes`.
    public static final long LABEL_BYTES = Wire.offset(LAYOUT, "label_bytes");

    /// Offset of `label`.
    public static final long LABEL = Wire.offset(LAYOUT, "label");

    /// Offset of `ack_epoch`.
    public static final long ACK_EPOCH = Wire.offset(LAYOUT, "ack_epoch");

    /// Offset of `end`.
    public static final long END = Wire.offset(LAYOUT, "end");

    /// Offset of `removed`.
    public static final long REMOVED = Wire.offset(LAYOUT, "removed");

    /// Offset of `end_incarnation`.
    public static final long END_INCARNATION = Wire.offset(LAYOUT, "end_incarnation");

    /// Offset of `end_reason_bytes`.
    public static final long END_REASON_BYTES = Wire.offset(LAYOUT, "end_reason_bytes");

    /// Offset of `end_reason`.
    public static final long END_REASON = Wire.offset(LAYOUT, "end_reason");

    /// Offset of `bell`.
    public static final long BELL = Wire.offset(LAYOUT, "bell");

    /// Offset of `beat_ns`.
    public static final long BEAT_NS = Wire.offset(LAYOUT, "beat_ns");

    /// Offset of `utc_offset_ns`.
    public static final long UTC_OFFSET_NS = Wire.offset(LAYOUT, "utc_offset_ns");

    /// Offset of `beat_interval_ns`.
    public static final long BEAT_INTERVAL_NS = Wire.offset(LAYOUT, "beat_interval_ns");

    /// Offset of `key_epoch`.
    public static final long KEY_EPOCH = Wire.offset(LAYOUT, "key_epoch");

    /// Offset of `generation_epoch`.
    public static final long GENERATION_EPOCH = Wire.offset(LAYOUT, "generation_epoch");

    /// Offset of `key_ids`.
    public static final long KEY_IDS = Wire.offset(LAYOUT, "key_ids");

    /// Offset of `generations_made`.
    public static final long GENERATIONS_MADE = Wire.offset(LAYOUT, "generations_made");

    /// Offset of `handover_over`.
    public static final long HANDOVER_OVER = Wire.offset(LAYOUT, "handover_over");

    /// Offset of `handover_result`.
    public static final long HANDOVER_RESULT = Wire.offset(LAYOUT, "handover_result");

    /// Offset of `handover_bytes`.
    public static final long HANDOVER_BYTES = Wire.offset(LAYOUT, "handover_bytes");

    /// Offset of `handover_cut`.
    public static final long HANDOVER_CUT = Wire.offset(LAYOUT, "handover_cut");

    /// Offset of `handover_reason`.
    public static final long HANDOVER_REASON = Wire.offset(LAYOUT, "handover_reason");

    /// Offset of `answer_number`.
    public static final long ANSWER_NUMBER = Wire.offset(LAYOUT, "answer_number");

    /// Offset of `answer_result`.
    public static final long ANSWER_RESULT = Wire.offset(LAYOUT, "answer_result");

    /// Offset of `answer_value`.
    public static final long ANSWER_VALUE = Wire.offset(LAYOUT, "answer_value");

    /// Offset of `evicted`.
    public static final long EVICTED = Wire.offset(LAYOUT, "evicted");

    /// Offset of `counters`.
    public static final long COUNTERS = Wire.offset(LAYOUT, "counters");

    /// Offset of `generations`.
    public static final long GENERATIONS = Wire.offset(LAYOUT, "generations");

    private static final long LET_GO = Wire.offset(LAYOUT, "let_go");

    /// Offset of the entry of a flexible zone, behind the rest.
    public static long zone(int zone) {
        return BYTES + (long) zone * ZoneEntry.BYTES;
    }

    /// Offset of the id of the key of this epoch, if it is one of the newest.
    public static long keyId(long epoch) {
        return KEY_IDS + (epoch & KEY_EPOCHS - 1) * Long.BYTES;
    }

    /// Offset of the number of the join of a row that was let go last: it counts while its bit is set.
    public static long letGo(int row) {
        return LET_GO + (long) row * Long.BYTES;
    }

    /// Offset of an entry of the generation table.
    public static long generation(int entry) {
        return GENERATIONS + (long) entry * GenerationEntry.BYTES;
    }

    private StateLayout() {}
}
