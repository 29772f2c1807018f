package org.datahub.integrity.blake2b;

import java.util.Locale;
import java.util.function.Function;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.keys.TagFunction;

/// Whose code computes the tags. They are the same.
enum Implementation {
    /// This bundle: no garbage.
    BUILTIN(Blake2b::new),
    /// Bouncy Castle, in Java: slower, and garbage for each block of 128 bytes.
    BOUNCYCASTLE(key -> new BouncyCastleBlake2b(key));

    private final Function<byte[], TagFunction> function;

    Implementation(Function<byte[], TagFunction> function) {
        this.function = function;
    }

    TagFunction function(byte[] key) {
        return function.apply(key);
    }

    /// By the word of the configuration; empty for the default, the fastest.
    ///
    /// @throws DataHubException `DH-6001`, also where its classes are not there
    static Implementation of(String word) {
        String wanted = word.strip();
        if (wanted.isEmpty()) return BUILTIN;
        for (Implementation each : values()) {
            if (!each.name().toLowerCase(Locale.ROOT).equals(wanted)) continue;
            try {
                each.function(new byte[TagFunction.TAG_BYTES]);
            } catch (NoClassDefFoundError e) {
                throw new DataHubException(
                        ErrorCode.CONFIGURATION,
                        "the implementation's classes are not there: implementation=" + wanted,
                        "install org.bouncycastle:bcprov-lts8on, or set implementation=builtin",
                        e);
            }
            return each;
        }
        throw new DataHubException(
                ErrorCode.CONFIGURATION,
                "org.datahub.integrity.blake2b can't use implementation: implementation=" + wanted,
                "give builtin or bouncycastle");
    }
}
