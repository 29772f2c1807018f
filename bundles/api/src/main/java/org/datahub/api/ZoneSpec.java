package org.datahub.api;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

/// A flexible zone of a new block.
///
/// @param name 1 to 64 bytes of UTF-8
/// @param bytes bytes of its snapshot, 0 to 16 MiB
/// @param fields 64-bit fields, 0 to 4096
/// @param schemaHash what its bytes mean, as whoever wrote the schema hashed it: 64 hex digits, not
/// all of them 0, or empty for none
public record ZoneSpec(String name, long bytes, int fields, String schemaHash) {
    private static final long MOST_BYTES = 16 << 20;
    private static final int MOST_FIELDS = 4096;
    private static final int HASH_BYTES = 32;

    /// Checks the values.
    public ZoneSpec {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > 64) throw new IllegalArgumentException("zone name: bytes=" + length + ", most=64");
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "zone name has a control character: name=" + name.replaceAll("\\p{Cc}", "?"));
        }
        if (bytes < 0 || bytes > MOST_BYTES) {
            throw new IllegalArgumentException("zone bytes out of range: bytes=" + bytes + ", most=" + MOST_BYTES);
        }
        if (fields < 0 || fields > MOST_FIELDS || bytes == 0 && fields == 0) {
            throw new IllegalArgumentException("zone fields out of range: fields=" + fields + ", most=" + MOST_FIELDS);
        }
        schemaHash = schemaHash.toLowerCase(Locale.ROOT);
        if (!schemaHash.isEmpty()) checkHash(schemaHash);
    }

    /// A zone without a schema hash.
    public ZoneSpec(String name, long bytes, int fields) {
        this(name, bytes, fields, "");
    }

    private static void checkHash(String hex) {
        if (hex.length() != 2 * HASH_BYTES
                || !hex.chars().allMatch(HexFormat::isHexDigit)
                || hex.chars().allMatch(digit -> digit == '0')) {
            throw new IllegalArgumentException(
                    "zone schema hash is not 64 hex digits, or all of them are 0: schema_hash=" + hex);
        }
    }
}
