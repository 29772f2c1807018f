package org.datahub.integrity.hmac;

import java.util.Map;
import java.util.Set;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.keys.KeyRing;
import org.datahub.api.keys.KeyedIntegrity;
import org.datahub.api.keys.TagFunction;
import org.datahub.api.spi.IntegrityProvider;

/// HMAC-SHA-256 (RFC 2104) over prefix and payload.
public final class HmacIntegrity extends KeyedIntegrity {
    private static final String PID = "org.datahub.integrity.hmac";
    private static final String IMPLEMENTATION = "implementation";
    private static final Set<String> WORDS = Set.of(KeyRing.FILE, KeyRing.PREVIOUS, IMPLEMENTATION);

    private final Implementation implementation;

    /// For `ServiceLoader`: without a key, until [#configured] gives one.
    public HmacIntegrity() {
        this(KeyRing.empty(), Implementation.of(""));
    }

    HmacIntegrity(KeyRing ring, Implementation implementation) {
        super(ring);
        this.implementation = implementation;
    }

    /// @throws DataHubException `DH-6001` or `DH-7005`
    static HmacIntegrity of(Map<String, String> words) {
        KeyRing.refuseInline(words.keySet());
        for (String word : words.keySet()) {
            if (WORDS.contains(word)) continue;
            throw new DataHubException(
                    ErrorCode.CONFIGURATION,
                    PID + " has no such key: key=" + word,
                    "there are " + WORDS.stream().sorted().toList());
        }
        return new HmacIntegrity(KeyRing.of(words), Implementation.of(words.getOrDefault(IMPLEMENTATION, "")));
    }

    @Override
    public String name() {
        return "hmac-sha256";
    }

    @Override
    public int id() {
        return 2;
    }

    @Override
    public IntegrityProvider configured(Map<String, String> words) {
        return of(words);
    }

    @Override
    protected TagFunction function(byte[] key) {
        return implementation.function(key);
    }
}
