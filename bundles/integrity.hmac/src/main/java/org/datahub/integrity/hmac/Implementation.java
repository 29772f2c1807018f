package org.datahub.integrity.hmac;

import org.datahub.api.DataHubException;
import org.datahub.api.keys.KeyedIntegrity;
import org.datahub.api.keys.TagFunction;

/// Whose code computes the tags. They are the same.
enum Implementation implements TagFunction.Maker {
    /// The JDK: fast on processors that know SHA-256, and 48 bytes of garbage a tag.
    JDK(JdkHmac::new),
    /// Bouncy Castle, in Java: slower, and no garbage.
    BOUNCYCASTLE(key -> new BouncyCastleHmac(key));

    private final TagFunction.Maker maker;

    Implementation(TagFunction.Maker maker) {
        this.maker = maker;
    }

    @Override
    public TagFunction function(byte[] key) {
        return maker.function(key);
    }

    /// By the word of the configuration; empty for the default, the fastest.
    ///
    /// @throws DataHubException `DH-6001`, also where its classes are not there
    static Implementation of(String word) {
        return KeyedIntegrity.implementation(HmacIntegrity.PID, values(), word);
    }
}
