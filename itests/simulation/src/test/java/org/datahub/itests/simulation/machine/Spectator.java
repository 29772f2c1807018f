package org.datahub.itests.simulation.machine;

/// Who looks at everything that happens, and takes no time.
public interface Spectator {
    /// The word at `place` of memory has got its newest message.
    void stored(int place, long before, long value);

    /// A process was killed this instant: nothing was recovered yet, not even its locks are free.
    void killed(SimulatedProcess process);
}
