package org.datahub.api;

import java.nio.charset.StandardCharsets;

/// A flexible zone of a new block.
///
/// @param name 1 to 64 bytes of UTF-8
/// @param bytes bytes of its snapshot, 0 to 16 MiB
/// @param fields 64-bit fields, 0 to 4096
public record ZoneSpec(String name, long bytes, int fields) {
    private static final long MOST_BYTES = 16 << 20;
    private static final int MOST_FIELDS = 4096;

    /// Checks the values.
    public ZoneSpec {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > 64) throw new IllegalArgumentException("zone name: bytes=" + length + ", most=64");
        if (bytes < 0 || bytes > MOST_BYTES) {
            throw new IllegalArgumentException("zone bytes out of range: bytes=" + bytes + ", most=" + MOST_BYTES);
        }
        if (fields < 0 || fields > MOST_FIELDS || bytes == 0 && fields == 0) {
            throw new IllegalArgumentException("zone fields out of range: fields=" + fields + ", most=" + MOST_FIELDS);
        }
    }
}
