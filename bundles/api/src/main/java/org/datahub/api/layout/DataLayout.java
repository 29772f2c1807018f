package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U32;
import static org.datahub.api.layout.Wire.U64;

import java.lang.foreign.StructLayout;

/// The head of the file `data.<generation>`. Everything before `first` is written once; cells
/// (stream
/// discipline) or buffers (state discipline) follow.
///
/// | offset | size | type   | name              | writer   | order   | meaning                    |
/// |-------:|-----:|--------|-------------------|----------|---------|----------------------------|
/// |      0 |    8 | u64    | magic             | producer | rel/acq | DHDATA_1, last             |
/// |      8 |    4 | u32    | layout_version    | producer | once    | major << 16, minor         |
/// |     12 |    4 | u32    | byte_order        | producer | once    | 0x01020304                 |
/// |     16 |    8 | u64    | layout_hash       | producer | once    | hash of all layouts        |
/// |     24 |    8 | u64    | data_bytes        | producer | once    | size of this file          |
/// |     32 |    8 | u64    | block_id_high     | producer | once    | as in state                |
/// |     40 |    8 | u64    | block_id_low      | producer | once    | as in state                |
/// |     48 |    8 | u64    | generation        | producer | once    | as in the table            |
/// |     56 |    8 | u64    | capacity          | producer | once    | K                          |
/// |     64 |    8 | u64    | batch             | producer | once    | B                          |
/// |     72 |    8 | u64    | cells             | producer | once    | K + B, or buffers          |
/// |     80 |    8 | u64    | slot_bytes        | producer | once    | most payload bytes         |
/// |     88 |    8 | u64    | align             | producer | once    | payload alignment          |
/// |     96 |    8 | u64    | first_payload     | producer | once    | offset of cell 0's payload |
/// |    104 |    8 | u64    | stride            | producer | once    | bytes from cell to cell    |
/// |    112 |    8 | u64    | tag_offset        | producer | once    | from payload to tag        |
/// |    120 |    4 | u32    | discipline        | producer | once    | 1 stream, 2 state          |
/// |    128 |   32 | u8[32] | schema_hash       | producer | once    | 0 without a schema         |
/// |    160 |    4 | u32    | schema_name_bytes | producer | once    | 0..80                      |
/// |    164 |    4 | u32    | schema_version    | producer | once    | major << 16, minor         |
/// |    168 |   80 | u8[80] | schema_name       | producer | once    | UTF-8                      |
/// |    256 |    8 | u64    | first             | producer | rel/acq | slot that it begins with   |
/// |    512 |    8 | u64    | head              | producer | rel/acq | least next slot            |
/// |    640 |    8 | u64    | latest            | producer | rel/acq | (slot + 1) << 12, buffer   |
public final class DataLayout {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "data_header",
            4096,
            0,
            U64.withName("magic"),
            8,
            U32.withName("layout_version"),
            12,
            U32.withName("byte_order"),
            16,
            U64.withName("layout_hash"),
            24,
            U64.withName("data_bytes"),
            32,
            U64.withName("block_id_high"),
            40,
            U64.withName("block_id_low"),
            48,
            U64.withName("generation"),
            56,
            U64.withName("capacity"),
            64,
            U64.withName("batch"),
            72,
            U64.withName("cells"),
            80,
            U64.withName("slot_bytes"),
            88,
            U64.withName("align"),
            96,
            U64.withName("first_payload"),
            104,
            U64.withName("stride"),
            112,
            U64.withName("tag_offset"),
            120,
            U32.withName("discipline"),
            128,
            Wire.bytes(32, "schema_hash"),
            160,
            U32.withName("schema_name_bytes"),
            164,
            U32.withName("schema_version"),
            168,
            Wire.bytes(80, "schema_name"),
            256,
            U64.withName("first"),
            512,
            U64.withName("head"),
            640,
            U64.withName("latest"));

    /// Bytes of it.
    public static final int BYTES = 4096;

    /// The magic word.
    public static final long MAGIC_WORD = Wire.magic("DHDATA_1");

    /// Value of `discipline`: consumers read slots in order.
    public static final int STREAM = 1;

    /// Value of `discipline`: consumers read the newest slot.
    public static final int STATE = 2;

    private static final int BUFFER_BITS = 12;

    /// Most buffers of a state block.
    public static final int MOST_BUFFERS = (1 << BUFFER_BITS) - 1;

    /// First slot number that a state block can't count.
    public static final long STATE_SLOTS = (1L << 52) - 1;

    /// Offset of `magic`.
    public static final long MAGIC = Wire.offset(LAYOUT, "magic");

    /// Offset of `layout_version`.
    public static final long LAYOUT_VERSION = Wire.offset(LAYOUT, "layout_version");

    /// Offset of `byte_order`.
    public static final long BYTE_ORDER = Wire.offset(LAYOUT, "byte_order");

    /// Offset of `layout_hash`.
    public static final long LAYOUT_HASH = Wire.offset(LAYOUT, "layout_hash");

    /// Offset of `data_bytes`.
    public static final long DATA_BYTES = Wire.offset(LAYOUT, "data_bytes");

    /// Offset of `block_id_high`.
    public static final long BLOCK_ID_HIGH = Wire.offset(LAYOUT, "block_id_high");

    /// Offset of `block_id_low`.
    public static final long BLOCK_ID_LOW = Wire.offset(LAYOUT, "block_id_low");

    /// Offset of `generation`.
    public static final long GENERATION = Wire.offset(LAYOUT, "generation");

    /// Offset of `capacity`.
    public static final long CAPACITY = Wire.offset(LAYOUT, "capacity");

    /// Offset of `batch`.
    public static final long BATCH = Wire.offset(LAYOUT, "batch");

    /// Offset of `cells`.
    public static final long CELLS = Wire.offset(LAYOUT, "cells");

    /// Offset of `slot_bytes`.
    public static final long SLOT_BYTES = Wire.offset(LAYOUT, "slot_bytes");

    /// Offset of `align`.
    public static final long ALIGN = Wire.offset(LAYOUT, "align");

    /// Offset of `first_payload`.
    public static final long FIRST_PAYLOAD = Wire.offset(LAYOUT, "first_payload");

    /// Offset of `stride`.
    public static final long STRIDE = Wire.offset(LAYOUT, "stride");

    /// Offset of `tag_offset`.
    public static final long TAG_OFFSET = Wire.offset(LAYOUT, "tag_offset");

    /// Offset of `discipline`.
    public static final long DISCIPLINE = Wire.offset(LAYOUT, "discipline");

    /// Offset of `schema_hash`.
    public static final long SCHEMA_HASH = Wire.offset(LAYOUT, "schema_hash");

    /// Offset of `schema_name_bytes`.
    public static final long SCHEMA_NAME_BYTES = Wire.offset(LAYOUT, "schema_name_bytes");

    /// Offset of `schema_version`.
    public static final long SCHEMA_VERSION = Wire.offset(LAYOUT, "schema_version");

    /// Offset of `schema_name`.
    public static final long SCHEMA_NAME = Wire.offset(LAYOUT, "schema_name");

    /// Offset of `first`.
    public static final long FIRST = Wire.offset(LAYOUT, "first");

    /// Offset of `head`.
    public static final long HEAD = Wire.offset(LAYOUT, "head");

    /// Offset of `latest`.
    public static final long LATEST = Wire.offset(LAYOUT, "latest");

    /// The commit word of the state discipline: slot n in buffer b.
    public static long latest(long n, int buffer) {
        return n + 1 << BUFFER_BITS | buffer;
    }

    /// Slot number of a commit word; -1 where nothing was committed.
    public static long slotOf(long latest) {
        return (latest >>> BUFFER_BITS) - 1;
    }

    /// Buffer of a commit word.
    public static int bufferOf(long latest) {
        return (int) latest & MOST_BUFFERS;
    }

    private DataLayout() {}
}
