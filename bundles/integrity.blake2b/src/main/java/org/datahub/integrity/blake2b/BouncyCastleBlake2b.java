package org.datahub.integrity.blake2b;

import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.datahub.api.keys.TagFunction;

/// BLAKE2b by Bouncy Castle.
final class BouncyCastleBlake2b implements TagFunction {
    private final Blake2bDigest digest;

    BouncyCastleBlake2b(byte[] key) {
        digest = new Blake2bDigest(key, TAG_BYTES, null, null);
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
    }

    @Override
    public void finish(byte[] tag) {
        digest.doFinal(tag, 0);
    }
}
