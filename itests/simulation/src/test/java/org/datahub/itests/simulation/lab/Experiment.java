package org.datahub.itests.simulation.lab;

/// What is done inside a [Laboratory]. This package stands outside of every one, so that they can
/// tell.
public interface Experiment {
    /// Runs seeds from `first` on, at most `count` of them, on `threads` threads, until one fails.
    Outcome run(long first, long count, int threads);

    /// Runs one seed and keeps the last `lines` of its trace.
    Outcome replay(long seed, int lines);
}
