package org.datahub.integrity.blake2b;

import org.datahub.api.DataHubException;
import org.datahub.api.keys.KeyedIntegrity;
import org.datahub.api.keys.TagFunction;

/// Whose code computes the tags. They are the same.
enum Implementation implements TagFunction.Maker {
    /// This bundle: no garbage.
    BUILTIN(Blake2b::new),
    /// Bouncy Castle, in Java: slower, and garbage for each block of 128 bytes.
    BOUNCYCASTLE(key -> new BouncyCastleBlake2b(key));

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
        return KeyedIntegrity.implementation(Blake2bIntegrity.PID, values(), word);
    }
}
