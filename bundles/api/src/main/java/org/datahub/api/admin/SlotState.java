package org.datahub.api.admin;

/// What the memory of one slot is, as a diagnosis sees it. The protocol has no such word: the state
/// is told from the words that it has, as `docs/protocols.md` says.
public enum SlotState {
    /// Nothing that anybody may rely on: never used, or used again by the next writes.
    FREE,
    /// A write has begun in it, and is not committed: it goes on, was given up, or its producer was
    /// killed.
    WRITING,
    /// Holds a slot that must be intact, and nobody who holds the producer up or pins it is left.
    COMMITTED,
    /// Holds a slot that a lossless consumer has not released, or that a pin names.
    DRAINING
}
