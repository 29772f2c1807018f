package org.datahub.api;

/// How the consumers of a block and its producer wait for each other. The order is part of the
/// layout.
public enum SyncPolicy {
    /// Consumers want the newest slot; the producer waits for nobody.
    LATEST_ONLY,
    /// One lossless consumer at most; it gates the producer.
    SEQUENTIAL,
    /// Any number of lossless consumers; the slowest gates the producer.
    SEQUENTIAL_SYNC
}
