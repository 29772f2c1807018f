package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U32;
import static org.datahub.api.layout.Wire.U64;

import java.lang.foreign.StructLayout;

/// One entry of the generation table in `state`.
///
/// | offset | size | type    | name            | writer   | order   | meaning                     |
/// |-------:|-----:|---------|-----------------|----------|---------|-----------------------------|
/// |      0 |    8 | u64     | number          | producer | rel/acq | 0 free, else the generation |
/// |      8 |    4 | u32     | phase           | producer | rel/acq | 1 made, 2 prepared, 3 used  |
/// |     12 |    4 | u32     | allocator_bytes | producer | plain   | 1..32                       |
/// |     16 |    8 | u64     | data_bytes      | producer | plain   | size of the segment         |
/// |     24 |    8 | u64     | page_bytes      | producer | plain   | of a page of its memory     |
/// |     32 |   32 | u8[32]  | allocator       | producer | plain   | UTF-8                       |
/// |     64 |    4 | u32     | locator_bytes   | producer | plain   | 0: in the block             |
/// |     68 |    4 | u32     | remark_bytes    | producer | plain   | 0..120                      |
/// |     72 |    8 | u64     | segment         | producer | rel/acq | whose file stands; 0: none  |
/// |    128 |    8 | u64     | cut             | producer | rel/acq | 0, or first of next + 1     |
/// |    136 |  120 | u8[120] | remark          | producer | plain   | UTF-8, what was not got     |
/// |    256 |  256 | u8[256] | locator         | producer | plain   | UTF-8, a path               |
public final class GenerationEntry {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "generation_entry",
            512,
            0,
            U64.withName("number"),
            8,
            U32.withName("phase"),
            12,
            U32.withName("allocator_bytes"),
            16,
            U64.withName("data_bytes"),
            24,
            U64.withName("page_bytes"),
            32,
            Wire.bytes(32, "allocator"),
            64,
            U32.withName("locator_bytes"),
            68,
            U32.withName("remark_bytes"),
            72,
            U64.withName("segment"),
            128,
            U64.withName("cut"),
            136,
            Wire.bytes(120, "remark"),
            256,
            Wire.bytes(256, "locator"));

    /// Bytes of it.
    public static final int BYTES = 512;

    /// Phase: its segment is being made.
    public static final int BUILDING = 1;

    /// Phase: whole, not yet cut over to.
    public static final int PREPARED = 2;

    /// Phase: slots live in it.
    public static final int IN_USE = 3;

    /// Offset of `number`.
    public static final long NUMBER = Wire.offset(LAYOUT, "number");

    /// Offset of `phase`.
    public static final long PHASE = Wire.offset(LAYOUT, "phase");

    /// Offset of `allocator_bytes`.
    public static final long ALLOCATOR_BYTES = Wire.offset(LAYOUT, "allocator_bytes");

    /// Offset of `data_bytes`.
    public static final long DATA_BYTES = Wire.offset(LAYOUT, "data_bytes");

    /// Offset of `page_bytes`.
    public static final long PAGE_BYTES = Wire.offset(LAYOUT, "page_bytes");

    /// Offset of `allocator`.
    public static final long ALLOCATOR = Wire.offset(LAYOUT, "allocator");

    /// Offset of `locator_bytes`.
    public static final long LOCATOR_BYTES = Wire.offset(LAYOUT, "locator_bytes");

    /// Offset of `remark_bytes`.
    public static final long REMARK_BYTES = Wire.offset(LAYOUT, "remark_bytes");

    /// Offset of `segment`.
    public static final long SEGMENT = Wire.offset(LAYOUT, "segment");

    /// Offset of `cut`.
    public static final long CUT = Wire.offset(LAYOUT, "cut");

    /// Offset of `remark`.
    public static final long REMARK = Wire.offset(LAYOUT, "remark");

    /// Most bytes of a remark.
    public static final int MOST_REMARK_BYTES = 120;

    /// Offset of `locator`.
    public static final long LOCATOR = Wire.offset(LAYOUT, "locator");

    private GenerationEntry() {}
}
