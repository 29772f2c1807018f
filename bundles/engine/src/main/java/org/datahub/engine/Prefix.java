package org.datahub.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What a tag covers before the payload: 56 bytes, little-endian, so that a slot can't be replayed,
/// moved or cut short
/// unnoticed.
///
/// | offset | type | meaning                                                          |
/// |-------:|------|------------------------------------------------------------------|
/// |      0 | u64  | block id, high half                                              |
/// |      8 | u64  | block id, low half                                               |
/// |     16 | u64  | slot number                                                      |
/// |     24 | u64  | length u32, flags u16, algorithm u8, key epoch's low 8 bits, as the header has them |
/// |     32 | u64  | key epoch, all of it                                             |
/// |     40 | u64  | timestamp                                                        |
/// |     48 | u64  | user                                                             |
final class Prefix {
    private static final int BYTES = 56;

    private final byte[] bytes = new byte[BYTES];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

    Prefix(long blockIdHigh, long blockIdLow) {
        buffer.putLong(0, blockIdHigh).putLong(8, blockIdLow);
    }

    /// The bytes for one slot; valid until the next call.
    byte[] of(long n, long description, long keyEpoch, long timestamp, long user) {
        buffer.putLong(16, n)
                .putLong(24, description)
                .putLong(32, keyEpoch)
                .putLong(40, timestamp)
                .putLong(48, user);
        return bytes;
    }
}
