package org.datahub.itests.framework;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// Tags computed anew from the words of docs/protocols.md, by code that no provider uses.
final class TagCheck {
    private static final int POLYNOMIAL = 0x82f6_3b78; // Castagnoli, reflected
    private static final int[] TABLE = table();
    private static final int SHA_BLOCK = 64;

    private final long blockIdHigh;
    private final long blockIdLow;
    private final byte[] secret;

    /// For the slots of a block, and the secret of keyed algorithms.
    TagCheck(String blockId, byte[] secret) {
        this.secret = secret;
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
            case 2 -> hmac(key("hmac-sha256", keyEpoch), covered);
            case 3 -> Blake2bReference.digest(key("blake2b-256", keyEpoch), covered);
            default -> throw new IllegalStateException("no such algorithm: id=" + algorithm);
        };
        return Arrays.equals(expected, 0, expected.length, tag, 0, expected.length);
    }

    /// HKDF-SHA-256 without salt, its first 32 bytes.
    private byte[] key(String algorithm, long keyEpoch) {
        byte[] name = ("datahub key 1 " + algorithm).getBytes(StandardCharsets.US_ASCII);
        byte[] info = ByteBuffer.allocate(name.length + 26)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(name)
                .put((byte) 0)
                .putLong(blockIdHigh)
                .putLong(blockIdLow)
                .putLong(keyEpoch)
                .put((byte) 1) // the counter of RFC 5869's first block
                .array();
        return hmac(hmac(new byte[32], secret), info);
    }

    /// HMAC-SHA-256 of RFC 2104, for keys of up to a block.
    static byte[] hmac(byte[] key, byte[] message) {
        byte[] inner = Arrays.copyOf(key, SHA_BLOCK);
        byte[] outer = inner.clone();
        for (int at = 0; at < SHA_BLOCK; at++) {
            inner[at] ^= 0x36;
            outer[at] ^= 0x5c;
        }
        return sha256(outer, sha256(inner, message));
    }

    private static byte[] sha256(byte[] first, byte[] second) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(first);
            return digest.digest(second);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
