package org.datahub.api;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/// A small area of a block that every participant may write: a snapshot that is replaced as a
/// whole, and 64-bit fields
/// that
/// change one by one. Used by the thread of its handle.
///
/// A snapshot is intact whenever its writer dies: it writes the half that nobody reads, then
/// switches. It is not
/// sealed.
@ProviderType
public interface FlexibleZone {
    /// Its name.
    String name();

    /// Bytes of a snapshot, 0 for a zone of fields only.
    long bytes();

    /// How many fields it has.
    int fields();

    /// The hash of its schema, 64 hex digits; empty where it was made without one.
    String schemaHash();

    /// Snapshots published so far.
    long generation();

    /// Copies the newest snapshot to the begin of `into`; returns its number, 0 for the zeros of
    /// the beginning.
    ///
    /// @throws DataHubException `DH-2010` when for a second it changes faster than it can be copied
    long read(MemorySegment into);

    /// Publishes a snapshot: `edit` gets a copy of the newest to change, and it is published when
    /// `edit` returns,
    /// dropped
    /// when it throws. Writers take turns; `timeout` bounds the wait for one's turn. Returns its
    /// number.
    ///
    /// @throws DataHubException `DH-2010` when the turn does not come in time
    long publish(Duration timeout, Consumer<MemorySegment> edit);

    /// A field; what was written before the value was stored is seen.
    long get(int field);

    /// Stores a field and counts a change.
    void set(int field, long value);

    /// Adds to a field, counts a change, and returns the sum.
    long add(int field, long value);

    /// Replaces a field if it is `expected`; whether it did, which counts a change.
    boolean replace(int field, long expected, long value);

    /// Changes so far, of snapshot and fields; wraps.
    int changes();

    /// Waits until [#changes] differs from `seen`; false at the timeout.
    boolean awaitChange(int seen, Duration timeout);
}
