package org.datahub.itests.framework;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/// Tags computed anew from the words of docs/protocols.md, by code that no provider uses.
final class TagCheck {
    private static final int POLYNOMIAL = 0x82f6_3b78; // Castagnoli, reflected
    private static final int[] TABLE = table();

    private final long blockIdHigh;
    private final long blockIdLow;

    TagCheck(String blockId) {
        blockIdHigh = HexFormat.fromHexDigitsToLong(blockId, 0, 16);
        blockIdLow = HexFormat.fromHexDigitsToLong(blockId, 16, 32);
    }

    private static int[] table() {
        int[] table = new int[256];
        for (int n = 0; n < table.length; n++) {
            int crc = n;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >>> 1 ^ POLYNOMIAL : crc >>> 1;
            table[n] = crc;
        }
        return table;
    }

    /// CRC-32C of all bytes.
    static int crc32c(byte[] bytes) {
        int crc = ~0;
        for (byte each : bytes) crc = crc >>> 8 ^ TABLE[(crc ^ each) & 0xff];
        return ~crc;
    }

    /// Whether the tag is that of the slot.
    ///
    /// @param description length, flags, algorithm and key epoch as the header has them
    boolean right(long number, long description, long keyEpoch, long timestamp, long user, byte[] payload, byte[] tag) {
        byte[] covered = ByteBuffer.allocate(56 + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(blockIdHigh)
                .putLong(blockIdLow)
                .putLong(number)
                .putLong(description)
                .putLong(keyEpoch)
                .putLong(timestamp)
                .putLong(user)
                .put(payload)
                .array();
        int algorithm = (int) (description >>> 48) & 0xff;
        byte[] expected = switch (algorithm) {
            case 1 ->
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(crc32c(covered))
                        .array();
            default -> throw new IllegalStateException("no such algorithm: id=" + algorithm);
        };
        return Arrays.equals(expected, 0, expected.length, tag, 0, expected.length);
    }
}
