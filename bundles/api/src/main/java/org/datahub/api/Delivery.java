package org.datahub.api;

/// What a consumer is to the producer.
public enum Delivery {
    /// Gates the producer: nothing is overwritten before this consumer has released it.
    LOSSLESS,
    /// Never gates; reads validated copies and is told which slots it missed.
    OBSERVER,
    /// Reads the newest slot of a state block in place, by a pin; the producer never waits for it.
    PINNED
}
