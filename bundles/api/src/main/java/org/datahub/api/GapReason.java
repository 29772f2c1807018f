package org.datahub.api;

/// Why slots were missed.
public enum GapReason {
    /// The producer had overwritten them, or did so while they were read.
    OVERRUN,
    /// The producer had let this consumer go ([StallPolicy#EVICT]) and overwrote them.
    EVICTED,
    /// They failed verification and the consumer skips such slots.
    BAD
}
