package org.datahub.integrity.blake2b;

import java.util.Map;
import org.datahub.api.DataHubException;
import org.datahub.api.keys.KeyRing;
import org.datahub.api.keys.KeyedIntegrity;
import org.datahub.api.spi.IntegrityProvider;

/// BLAKE2b with a key and a digest of 256 bit (RFC 7693) over prefix and payload.
public final class Blake2bIntegrity extends KeyedIntegrity {
    static final String PID = "org.datahub.integrity.blake2b";

    /// For `ServiceLoader`: without a key, until [#configured] gives one.
    public Blake2bIntegrity() {
        this(KeyRing.empty(), Implementation.BUILTIN);
    }

    private Blake2bIntegrity(KeyRing ring, Implementation implementation) {
        super(ring, implementation);
    }

    /// @throws DataHubException `DH-6001` or `DH-7005`
    static Blake2bIntegrity of(Map<String, String> words) {
        return new Blake2bIntegrity(ring(PID, words), Implementation.of(words.getOrDefault(IMPLEMENTATION, "")));
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
}
