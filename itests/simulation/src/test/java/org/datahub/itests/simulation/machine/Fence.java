package org.datahub.itests.simulation.machine;

/// The fences of `Words`.
public enum Fence {
    /// Loads before it come before loads and stores after it.
    ACQUIRE,
    /// Stores before it come before stores after it.
    STORE,
    /// Everything before it comes before everything after it.
    FULL
}
