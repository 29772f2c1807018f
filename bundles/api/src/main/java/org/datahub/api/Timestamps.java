package org.datahub.api;

/// Which clock stamps a slot at its commit. The order is part of the layout.
public enum Timestamps {
    /// No clock is read; the field is 0.
    NONE,
    /// CLOCK_MONOTONIC_COARSE: some nanoseconds a slot, a resolution of some milliseconds.
    COARSE,
    /// CLOCK_MONOTONIC: about 20 ns a slot.
    EXACT
}
