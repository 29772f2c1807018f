package org.datahub.itests.simulation.machine;

/// A promise of the engine was broken, or a rule of this machine.
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    /// What was broken, with its values.
    public Violation(String what) {
        super(what);
    }
}
