package org.datahub.integrity.hmac;

import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.datahub.api.keys.TagFunction;

/// HMAC by Bouncy Castle, with its digest in Java: the native one makes garbage.
final class BouncyCastleHmac implements TagFunction {
    private final HMac mac = new HMac(new SHA256Digest());

    BouncyCastleHmac(byte[] key) {
        mac.init(new KeyParameter(key));
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        mac.update(bytes, offset, length);
    }

    @Override
    public void finish(byte[] tag) {
        mac.doFinal(tag, 0);
    }
}
