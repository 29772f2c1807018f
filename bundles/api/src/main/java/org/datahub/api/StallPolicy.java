package org.datahub.api;

/// What a producer does about a live lossless consumer that has gated it for longer than the
/// block's stall time. The
/// order
/// is part of the layout.
public enum StallPolicy {
    /// Waits, until the write times out.
    BLOCK,
    /// Lets the consumer go: it gates no more, and learns from its next call what it lost.
    EVICT,
    /// Fails the write with `DH-2009`, naming the consumer.
    FAIL
}
