package org.datahub.api;

/// The answer to [DataBlockProducer#claim].
public enum Claim {
    /// The slot is the caller's until commit or abort.
    CLAIMED,
    /// A lossless consumer still gated the producer when the time was over.
    FULL
}
