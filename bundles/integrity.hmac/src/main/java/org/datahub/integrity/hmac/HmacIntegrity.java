package org.datahub.integrity.hmac;

import java.util.Map;
import org.datahub.api.DataHubException;
import org.datahub.api.keys.KeyRing;
import org.datahub.api.keys.KeyedIntegrity;
import org.datahub.api.spi.IntegrityProvider;

/// HMAC-SHA-256 (RFC 2104) over prefix and payload.
public final class HmacIntegrity extends KeyedIntegrity {
    static final String PID = "org.datahub.integrity.hmac";

    /// For `ServiceLoader`: without a key, until [#configured] gives one.
    public HmacIntegrity() {
        this(KeyRing.empty(), Implementation.JDK);
    }

    private HmacIntegrity(KeyRing ring, Implementation implementation) {
        super(ring, implementation);
    }

    /// @throws DataHubException `DH-6001` or `DH-7005`
    static HmacIntegrity of(Map<String, String> words) {
        return new HmacIntegrity(ring(PID, words), Implementation.of(words.getOrDefault(IMPLEMENTATION, "")));
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
}
