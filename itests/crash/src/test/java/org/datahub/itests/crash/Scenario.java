package org.datahub.itests.crash;

/// One way to use a block that ends in a death, in two halves: what the victim does in a process
/// of its own, and what those who stay in the test's process see of it.
interface Scenario {
    /// Which side of the block the victim is on.
    enum Party {
        /// It owns the block, makes it or removes it.
        PRODUCER,
        /// It owns a row.
        CONSUMER
    }

    /// Which side the victim is on.
    Party party();

    /// Whether a block of this shape can play it.
    default boolean fits(Shape shape) {
        return true;
    }

    /// Name of the site where the victim waits a moment, or null.
    default String slow() {
        return null;
    }

    /// The victim, from its begin to a good end. What it asserts itself, it throws.
    void victim(Victim me) throws Exception;

    /// Those who stay, before the victim is started.
    Witness before(Stage stage) throws Exception;

    /// Those who stay, when it is.
    interface Witness {
        /// While the victim runs: returns at once or soon after its end.
        default void meanwhile() throws Exception {}

        /// The victim is dead, or has ended well. Ends with every handle closed.
        void after() throws Exception;
    }
}
