package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U32;
import static org.datahub.api.layout.Wire.U64;

import java.lang.foreign.StructLayout;

/// A file of the block's name in the hub directory: the block's own directory is elsewhere. It counts
/// only if its owner is that of the directory and of `state`, and `state` has the name and the id.
///
/// | offset | size | type     | name           | writer  | order   | meaning                 |
/// |-------:|-----:|----------|----------------|---------|---------|-------------------------|
/// |      0 |    8 | u64      | magic          | creator | rel/acq | DHPLACE1, last          |
/// |      8 |    4 | u32      | layout_version | creator | once    | major << 16, minor      |
/// |     12 |    4 | u32      | byte_order     | creator | once    | 0x01020304              |
/// |     16 |    8 | u64      | block_id_high  | creator | once    | as in state             |
/// |     24 |    8 | u64      | block_id_low   | creator | once    | as in state             |
/// |     32 |    4 | u32      | path_bytes     | creator | once    | 1..1024                 |
/// |    128 | 1024 | u8[1024] | path           | creator | once    | UTF-8, of the directory |
public final class PlaceLayout {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "place",
            1152,
            0,
            U64.withName("magic"),
            8,
            U32.withName("layout_version"),
            12,
            U32.withName("byte_order"),
            16,
            U64.withName("block_id_high"),
            24,
            U64.withName("block_id_low"),
            32,
            U32.withName("path_bytes"),
            128,
            Wire.bytes(1024, "path"));

    /// Bytes of it.
    public static final int BYTES = 1152;

    /// The magic word.
    public static final long MAGIC_WORD = Wire.magic("DHPLACE1");

    /// Most bytes of a path.
    public static final int MOST_PATH_BYTES = 1024;

    /// Offset of `magic`.
    public static final long MAGIC = Wire.offset(LAYOUT, "magic");

    /// Offset of `layout_version`.
    public static final long LAYOUT_VERSION = Wire.offset(LAYOUT, "layout_version");

    /// Offset of `byte_order`.
    public static final long BYTE_ORDER = Wire.offset(LAYOUT, "byte_order");

    /// Offset of `block_id_high`.
    public static final long BLOCK_ID_HIGH = Wire.offset(LAYOUT, "block_id_high");

    /// Offset of `block_id_low`.
    public static final long BLOCK_ID_LOW = Wire.offset(LAYOUT, "block_id_low");

    /// Offset of `path_bytes`.
    public static final long PATH_BYTES = Wire.offset(LAYOUT, "path_bytes");

    /// Offset of `path`.
    public static final long PATH = Wire.offset(LAYOUT, "path");

    private PlaceLayout() {}
}
