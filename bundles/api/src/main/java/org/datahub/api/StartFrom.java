package org.datahub.api;

/// Where a consumer begins.
public enum StartFrom {
    /// The next slot to be written. On a state block: the newest one, if there is one.
    LATEST,
    /// The oldest slot that is intact.
    OLDEST
}
