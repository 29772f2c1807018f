package org.datahub.api.spi;

import org.osgi.annotation.versioning.ProviderType;

/// Sleep and wake on a 32-bit word in shared memory; the word itself is the caller's to read and
/// change.
@ProviderType
public interface Doorbell {
    /// Sleeps while the word is `seen`, for `nanos` at most. Returns for any reason; the caller
    /// looks again.
    void await(int seen, long nanos);

    /// Wakes everybody who sleeps on the word.
    void wakeAll();
}
