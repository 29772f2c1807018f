package org.datahub.api.keys;

import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/// HKDF with SHA-256 (RFC 5869), by the JDK.
final class Hkdf {
    private Hkdf() {}

    static byte[] derive(byte[] secret, byte[] salt, byte[] info, int bytes) {
        HKDFParameterSpec.Builder extract = HKDFParameterSpec.ofExtract().addIKM(secret);
        if (salt.length > 0) extract.addSalt(salt);
        try {
            return KDF.getInstance("HKDF-SHA256").deriveData(extract.thenExpand(info, bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK 25 has HKDF-SHA256", e);
        }
    }
}
