package org.datahub.api;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/// One slot as a consumer reads it, valid until the read ends. Belongs to the reading thread.
@ProviderType
public interface Slot {
    /// The slot number.
    long number();

    /// Payload bytes.
    long length();

    /// CLOCK_MONOTONIC nanoseconds at the commit, 0 where the block has no clock.
    long timestamp();

    /// The producer's own word.
    long user();

    /// The payload, read-only: in place where the consumer protects the slot, else a validated
    /// copy. The view throws
    /// when the read is over.
    MemorySegment payload();

    /// Whether the payload is still the slot's. Asked before acting on what was read in place; the
    /// end of the read asks
    /// again.
    boolean intact();

    /// Whether the slot failed its verification and is delivered all the same ([BadSlot#DELIVER]).
    boolean bad();

    /// Verifies the tag now; for blocks of [IntegrityMode#MANUAL]. Throws as
    /// [DataBlockConsumer#verify] does.
    boolean verify();
}
