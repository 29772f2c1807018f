package org.datahub.integrity.hmac;

import java.util.Locale;
import java.util.function.Function;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.keys.TagFunction;

/// Whose code computes the tags. They are the same.
enum Implementation {
    /// The JDK: fast on processors that know SHA-256, and 48 bytes of garbage a tag.
    JDK(JdkHmac::new),
    /// Bouncy Castle, in Java: slower, and no garbage.
    BOUNCYCASTLE(key -> new BouncyCastleHmac(key));

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
        if (wanted.isEmpty()) return JDK;
        for (Implementation each : values()) {
            if (!each.name().toLowerCase(Locale.ROOT).equals(wanted)) continue;
            try {
                each.function(new byte[TagFunction.TAG_BYTES]);
            } catch (NoClassDefFoundError e) {
                throw new DataHubException(
                        ErrorCode.CONFIGURATION,
                        "the implementation's classes are not there: implementation=" + wanted,
                        "install org.bouncycastle:bcprov-lts8on, or set implementation=jdk",
                        e);
            }
            return each;
        }
        throw new DataHubException(
                ErrorCode.CONFIGURATION,
                "org.datahub.integrity.hmac can't use implementation: implementation=" + wanted,
                "give jdk or bouncycastle");
    }
}
