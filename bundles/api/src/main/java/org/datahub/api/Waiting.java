package org.datahub.api;

/// How a handle waits. A virtual thread always yields and then parks, whatever is chosen here.
public enum Waiting {
    /// Spins: the least delay, one core.
    SPIN,
    /// Spins, then yields, then parks for up to 1 ms.
    BACKOFF,
    /// Spins for some 20 us, then sleeps in the kernel until the other side rings.
    BLOCK
}
