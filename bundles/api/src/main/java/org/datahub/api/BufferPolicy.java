package org.datahub.api;

/// A named choice of the capacity K. The order is part of the layout.
public enum BufferPolicy {
    /// K = 1.
    SINGLE,
    /// K = 2.
    DOUBLE_BUFFER,
    /// K of 3 and more.
    RING_BUFFER;

    /// The policy that a capacity of `slots` belongs to.
    public static BufferPolicy of(long slots) {
        return slots == 1 ? SINGLE : slots == 2 ? DOUBLE_BUFFER : RING_BUFFER;
    }

    /// Whether a capacity of `slots` is what this policy names.
    public boolean allows(long slots) {
        return slots >= 1 && of(slots) == this;
    }
}
