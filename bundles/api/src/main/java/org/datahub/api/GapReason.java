package org.datahub.api;

/// Why slots were missed.
public enum GapReason {
    /// The producer had overwritten them, or did so while they were read.
    OVERRUN,
    /// They failed verification and the consumer skips such slots.
    BAD
}
