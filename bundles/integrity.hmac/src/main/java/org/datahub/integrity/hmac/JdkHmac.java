package org.datahub.integrity.hmac;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;
import org.datahub.api.keys.TagFunction;

/// HMAC by the JDK.
final class JdkHmac implements TagFunction {
    private static final String NAME = "HmacSHA256";

    private final Mac mac;

    JdkHmac(byte[] key) {
        try {
            mac = Mac.getInstance(NAME);
            mac.init(new SecretKeySpec(key, NAME));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + NAME, e);
        }
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        mac.update(bytes, offset, length);
    }

    @Override
    public void finish(byte[] tag) {
        try {
            mac.doFinal(tag, 0);
        } catch (ShortBufferException e) {
            throw new IllegalArgumentException("tag too short: bytes=" + tag.length, e);
        }
    }
}
