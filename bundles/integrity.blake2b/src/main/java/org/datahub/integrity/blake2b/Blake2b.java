package org.datahub.integrity.blake2b;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.datahub.api.keys.TagFunction;

/// BLAKE2b of RFC 7693 with a key. Allocates nothing once it is made: the
/// libraries' do for each block of the message.
final class Blake2b implements TagFunction {
    private static final int BLOCK_BYTES = 128;
    private static final int ROUNDS = 12;
    private static final int MOST_KEY_BYTES = 64;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // The first 64 bits of the fractions of the square roots of the first eight primes.
    private static final long IV0 = 0x6a09e667f3bcc908L;
    private static final long IV1 = 0xbb67ae8584caa73bL;
    private static final long IV2 = 0x3c6ef372fe94f82bL;
    private static final long IV3 = 0xa54ff53a5f1d36f1L;
    private static final long IV4 = 0x510e527fade682d1L;
    private static final long IV5 = 0x9b05688c2b3e6c1fL;
    private static final long IV6 = 0x1f83d9abfb41bd6bL;
    private static final long IV7 = 0x5be0cd19137e2179L;
    private static final long[] IV = {IV0, IV1, IV2, IV3, IV4, IV5, IV6, IV7};

    /// The order of the message's words in each round; rounds 10 and 11 are 0 and 1 again.
    private static final byte[][] SIGMA = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
        {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
        {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
        {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
        {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
        {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
        {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
        {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
        {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}
    };

    private final byte[] keyBlock = new byte[BLOCK_BYTES];
    private final int keyBlockBytes;
    private final int digestBytes;
    private final long parameters;
    private final long[] h = new long[8];
    private final long[] m = new long[16];
    private final byte[] buffer = new byte[BLOCK_BYTES];
    private int filled;
    private long total; // a message is shorter than 2^63 bytes: the counter's high half is 0

    Blake2b(byte[] key) {
        this(key, TAG_BYTES);
    }

    /// @param key up to 64 bytes; none for a hash without key
    /// @param digestBytes 1 to 64
    Blake2b(byte[] key, int digestBytes) {
        if (key.length > MOST_KEY_BYTES) {
            throw new IllegalArgumentException("key too long: bytes=" + key.length);
        }
        this.digestBytes = digestBytes;
        keyBlockBytes = key.length == 0 ? 0 : BLOCK_BYTES;
        System.arraycopy(key, 0, keyBlock, 0, key.length);
        parameters = 0x0101_0000L ^ (long) key.length << 8 ^ digestBytes;
        begin();
    }

    private void begin() {
        System.arraycopy(IV, 0, h, 0, h.length);
        h[0] ^= parameters;
        System.arraycopy(keyBlock, 0, buffer, 0, BLOCK_BYTES);
        filled = keyBlockBytes;
        total = 0;
    }

    /// A full block waits: the last one is compressed otherwise.
    @Override
    public void update(byte[] bytes, int offset, int length) {
        int at = offset;
        int left = length;
        if (left > BLOCK_BYTES - filled) {
            int some = BLOCK_BYTES - filled;
            System.arraycopy(bytes, at, buffer, filled, some);
            total += BLOCK_BYTES;
            compress(buffer, 0, 0);
            at += some;
            left -= some;
            filled = 0;
            while (left > BLOCK_BYTES) {
                total += BLOCK_BYTES;
                compress(bytes, at, 0);
                at += BLOCK_BYTES;
                left -= BLOCK_BYTES;
            }
        }
        System.arraycopy(bytes, at, buffer, filled, left);
        filled += left;
    }

    @Override
    public void finish(byte[] tag) {
        total += filled;
        Arrays.fill(buffer, filled, BLOCK_BYTES, (byte) 0);
        compress(buffer, 0, -1);
        for (int i = 0; i < h.length; i++) WORD.set(buffer, i * Long.BYTES, h[i]);
        System.arraycopy(buffer, 0, tag, 0, digestBytes);
        begin();
    }

    private void compress(byte[] bytes, int offset, long last) {
        long[] m = this.m;
        long[] h = this.h;
        for (int i = 0; i < m.length; i++) m[i] = (long) WORD.get(bytes, offset + i * Long.BYTES);
        long v0 = h[0];
        long v1 = h[1];
        long v2 = h[2];
        long v3 = h[3];
        long v4 = h[4];
        long v5 = h[5];
        long v6 = h[6];
        long v7 = h[7];
        long v8 = IV0;
        long v9 = IV1;
        long v10 = IV2;
        long v11 = IV3;
        long v12 = IV4 ^ total;
        long v13 = IV5;
        long v14 = IV6 ^ last;
        long v15 = IV7;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] s = SIGMA[round];
            v0 += v4 + m[s[0]];
            v12 = Long.rotateRight(v12 ^ v0, 32);
            v8 += v12;
            v4 = Long.rotateRight(v4 ^ v8, 24);
            v0 += v4 + m[s[1]];
            v12 = Long.rotateRight(v12 ^ v0, 16);
            v8 += v12;
            v4 = Long.rotateRight(v4 ^ v8, 63);

            v1 += v5 + m[s[2]];
            v13 = Long.rotateRight(v13 ^ v1, 32);
            v9 += v13;
            v5 = Long.rotateRight(v5 ^ v9, 24);
            v1 += v5 + m[s[3]];
            v13 = Long.rotateRight(v13 ^ v1, 16);
            v9 += v13;
            v5 = Long.rotateRight(v5 ^ v9, 63);

            v2 += v6 + m[s[4]];
            v14 = Long.rotateRight(v14 ^ v2, 32);
            v10 += v14;
            v6 = Long.rotateRight(v6 ^ v10, 24);
            v2 += v6 + m[s[5]];
            v14 = Long.rotateRight(v14 ^ v2, 16);
            v10 += v14;
            v6 = Long.rotateRight(v6 ^ v10, 63);

            v3 += v7 + m[s[6]];
            v15 = Long.rotateRight(v15 ^ v3, 32);
            v11 += v15;
            v7 = Long.rotateRight(v7 ^ v11, 24);
            v3 += v7 + m[s[7]];
            v15 = Long.rotateRight(v15 ^ v3, 16);
            v11 += v15;
            v7 = Long.rotateRight(v7 ^ v11, 63);

            v0 += v5 + m[s[8]];
            v15 = Long.rotateRight(v15 ^ v0, 32);
            v10 += v15;
            v5 = Long.rotateRight(v5 ^ v10, 24);
            v0 += v5 + m[s[9]];
            v15 = Long.rotateRight(v15 ^ v0, 16);
            v10 += v15;
            v5 = Long.rotateRight(v5 ^ v10, 63);

            v1 += v6 + m[s[10]];
            v12 = Long.rotateRight(v12 ^ v1, 32);
            v11 += v12;
            v6 = Long.rotateRight(v6 ^ v11, 24);
            v1 += v6 + m[s[11]];
            v12 = Long.rotateRight(v12 ^ v1, 16);
            v11 += v12;
            v6 = Long.rotateRight(v6 ^ v11, 63);

            v2 += v7 + m[s[12]];
            v13 = Long.rotateRight(v13 ^ v2, 32);
            v8 += v13;
            v7 = Long.rotateRight(v7 ^ v8, 24);
            v2 += v7 + m[s[13]];
            v13 = Long.rotateRight(v13 ^ v2, 16);
            v8 += v13;
            v7 = Long.rotateRight(v7 ^ v8, 63);

            v3 += v4 + m[s[14]];
            v14 = Long.rotateRight(v14 ^ v3, 32);
            v9 += v14;
            v4 = Long.rotateRight(v4 ^ v9, 24);
            v3 += v4 + m[s[15]];
            v14 = Long.rotateRight(v14 ^ v3, 16);
            v9 += v14;
            v4 = Long.rotateRight(v4 ^ v9, 63);
        }
        h[0] ^= v0 ^ v8;
        h[1] ^= v1 ^ v9;
        h[2] ^= v2 ^ v10;
        h[3] ^= v3 ^ v11;
        h[4] ^= v4 ^ v12;
        h[5] ^= v5 ^ v13;
        h[6] ^= v6 ^ v14;
        h[7] ^= v7 ^ v15;
    }
}
