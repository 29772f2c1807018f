package org.datahub.api;

import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/// A lock between the participants of a block. It belongs to the handle that took it, which may
/// take it again, and it
/// outlives no owner: where one died, the next is told so.
///
/// Who releases it hands it to the next that waits, row by row: nobody starves.
@ProviderType
public interface SharedLock {
    /// How [#lock] ended.
    enum Outcome {
        /// Taken.
        LOCKED,
        /// Taken from an owner that died: what the lock guards may be half changed. It stays so,
        /// for every owner, until
        /// one
        /// says [SharedLock#declareConsistent].
        INCONSISTENT,
        /// Not taken within the time.
        TIMEOUT
    }

    /// Takes the lock, waiting up to `timeout`; zero tries once.
    Outcome lock(Duration timeout);

    /// What the lock guards is in order again. For its owner.
    void declareConsistent();

    /// Gives it back, once for each time it was taken.
    void unlock();
}
