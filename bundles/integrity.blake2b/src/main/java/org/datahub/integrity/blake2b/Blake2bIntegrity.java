package org.datahub.integrity.blake2b;

import java.util.Map;
import java.util.Set;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.keys.KeyRing;
import org.datahub.api.keys.KeyedIntegrity;
import org.datahub.api.keys.TagFunction;
import org.datahub.api.spi.IntegrityProvider;

/// BLAKE2b with a key and a digest of 256 bit (RFC 7693) over prefix and payload.
public final class Blake2bIntegrity extends KeyedIntegrity {
    private static final String PID = "org.datahub.integrity.blake2b";
    private static final String IMPLEMENTATION = "implementation";
    private static final Set<String> WORDS = Set.of(KeyRing.FILE, KeyRing.PREVIOUS, IMPLEMENTATION);

    private final Implementation implementation;

    /// For `ServiceLoader`: without a key, until [#configured] gives one.
    public Blake2bIntegrity() {
        this(KeyRing.empty(), Implementation.of(""));
    }

    Blake2bIntegrity(KeyRing ring, Implementation implementation) {
        super(ring);
        this.implementation = implementation;
    }

    /// @throws DataHubException `DH-6001` or `DH-7005`
    static Blake2bIntegrity of(Map<String, String> words) {
        KeyRing.refuseInline(words.keySet());
        for (String word : words.keySet()) {
            if (WORDS.contains(word)) continue;
            throw new DataHubException(
                    ErrorCode.CONFIGURATION,
                    PID + " has no such key: key=" + word,
                    "there are " + WORDS.stream().sorted().toList());
        }
        return new Blake2bIntegrity(KeyRing.of(words), Implementation.of(words.getOrDefault(IMPLEMENTATION, "")));
    }

    @Override
    public String name() {
        return "blake2b-256";
    }

    @Override
    public int id() {
        return 3;
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
