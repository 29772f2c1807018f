package org.datahub.itests.simulation.machine;

/// The order of an access, as its verb says it.
public enum Order {
    /// In no order, and not even coherent: two loads of one word may see its messages in the wrong
    /// order.
    PLAIN,
    /// In no order; loads of one word never go back.
    OPAQUE,
    /// Loads: what its writer stored before is seen.
    ACQUIRE,
    /// Stores: after everything that was done before.
    RELEASE
}
