package org.datahub.itests.framework;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// BLAKE2b of RFC 7693, written down from its text: a key of up to 64 bytes, a digest of 32.
final class Blake2bReference {
    private static final int BLOCK = 128;
    private static final int DIGEST = 32;
    private static final long[] START = {
        0x6a09e667f3bcc908L, 0xbb67ae8584caa73bL, 0x3c6ef372fe94f82bL, 0xa54ff53a5f1d36f1L,
        0x510e527fade682d1L, 0x9b05688c2b3e6c1fL, 0x1f83d9abfb41bd6bL, 0x5be0cd19137e2179L
    };
    private static final int[][] SIGMA = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
        {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
        {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
        {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
        {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
        {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
        {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
        {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
        {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}
    };
    private static final int ROUNDS = 12;

    private Blake2bReference() {}

    static byte[] digest(byte[] key, byte[] message) {
        long[] hash = START.clone();
        hash[0] ^= 0x01010000L ^ (long) key.length << 8 ^ DIGEST;
        int keyed = key.length == 0 ? 0 : BLOCK;
        int length = keyed + message.length;
        byte[] padded = new byte[Math.max(1, (length + BLOCK - 1) / BLOCK) * BLOCK];
        System.arraycopy(key, 0, padded, 0, key.length);
        System.arraycopy(message, 0, padded, keyed, message.length);
        for (int at = 0; at < padded.length; at += BLOCK) {
            boolean last = at + BLOCK == padded.length;
            compress(hash, padded, at, last ? length : at + BLOCK, last);
        }
        ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        for (long word : hash) bytes.putLong(word);
        byte[] digest = new byte[DIGEST];
        bytes.get(0, digest);
        return digest;
    }

    private static void compress(long[] hash, byte[] bytes, int at, long counted, boolean last) {
        ByteBuffer block = ByteBuffer.wrap(bytes, at, BLOCK).slice().order(ByteOrder.LITTLE_ENDIAN);
        long[] m = new long[16];
        for (int word = 0; word < 16; word++) m[word] = block.getLong(8 * word);
        long[] v = new long[16];
        System.arraycopy(hash, 0, v, 0, 8);
        System.arraycopy(START, 0, v, 8, 8);
        v[12] ^= counted;
        if (last) v[14] = ~v[14];
        for (int round = 0; round < ROUNDS; round++) {
            int[] s = SIGMA[round % SIGMA.length];
            for (int column = 0; column < 4; column++) {
                mix(v, column, 4 + column, 8 + column, 12 + column, m[s[2 * column]], m[s[2 * column + 1]]);
            }
            for (int diagonal = 0; diagonal < 4; diagonal++) {
                int b = 4 + (diagonal + 1) % 4;
                int c = 8 + (diagonal + 2) % 4;
                int d = 12 + (diagonal + 3) % 4;
                mix(v, diagonal, b, c, d, m[s[8 + 2 * diagonal]], m[s[9 + 2 * diagonal]]);
            }
        }
        for (int word = 0; word < 8; word++) hash[word] ^= v[word] ^ v[word + 8];
    }

    private static void mix(long[] v, int a, int b, int c, int d, long x, long y) {
        v[a] += v[b] + x;
        v[d] = Long.rotateRight(v[d] ^ v[a], 32);
        v[c] += v[d];
        v[b] = Long.rotateRight(v[b] ^ v[c], 24);
        v[a] += v[b] + y;
        v[d] = Long.rotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = Long.rotateRight(v[b] ^ v[c], 63);
    }
}
