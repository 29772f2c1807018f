package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U32;
import static org.datahub.api.layout.Wire.U64;

import java.lang.foreign.StructLayout;

/// What a flexible zone is: an entry of the table that follows `state`.
///
/// | offset | size | type   | name           | writer  | order | meaning                   |
/// |-------:|-----:|--------|----------------|---------|-------|---------------------------|
/// |      0 |    8 | u64    | offset         | creator | once  | of its header, in control |
/// |      8 |    8 | u64    | snapshot_bytes | creator | once  | of a snapshot             |
/// |     16 |    4 | u32    | fields         | creator | once  | 64-bit fields             |
/// |     20 |    4 | u32    | name_bytes     | creator | once  | 1..64                     |
/// |     32 |   32 | u8[32] | schema_hash    | creator | once  | 0 without a schema        |
/// |     64 |   64 | u8[64] | name           | creator | once  | UTF-8                     |
public final class ZoneEntry {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "zone_entry",
            256,
            0,
            U64.withName("offset"),
            8,
            U64.withName("snapshot_bytes"),
            16,
            U32.withName("fields"),
            20,
            U32.withName("name_bytes"),
            32,
            Wire.bytes(32, "schema_hash"),
            64,
            Wire.bytes(64, "name"));

    /// Bytes of it.
    public static final int BYTES = 256;

    /// Most bytes of a zone's name.
    public static final int MOST_NAME_BYTES = 64;

    /// Offset of `offset`.
    public static final long OFFSET = Wire.offset(LAYOUT, "offset");

    /// Offset of `snapshot_bytes`.
    public static final long SNAPSHOT_BYTES = Wire.offset(LAYOUT, "snapshot_bytes");

    /// Offset of `fields`.
    public static final long FIELDS = Wire.offset(LAYOUT, "fields");

    /// Offset of `name_bytes`.
    public static final long NAME_BYTES = Wire.offset(LAYOUT, "name_bytes");

    /// Offset of `schema_hash`.
    public static final long SCHEMA_HASH = Wire.offset(LAYOUT, "schema_hash");

    /// Offset of `name`.
    public static final long NAME = Wire.offset(LAYOUT, "name");

    private ZoneEntry() {}
}
