package org.datahub.itests.crash;

import org.datahub.api.testing.Proof;

/// What can be chosen by `-D`.
final class Settings {
    /// Deaths at each point on each side of the block, each at another hit and, where the point is
    /// met there, in another shape; in the proof so many for each shape too.
    static final int HITS = Proof.count("crash.hits", 2, 3);

    /// One trial and no other, as a failure names it: `scenario/KxB/point/hit`; empty for all.
    static final String ONLY = System.getProperty("datahub.crash.only", "");

    /// Seed of everything that is drawn by lot.
    static final long SEED = Long.getLong("datahub.crash.seed", 20_260_101);

    /// Seconds of the chaos.
    static final int CHAOS_SECONDS = Proof.count("chaos.seconds", 30, 300);

    /// Seconds that a hostile consumer rages, each time.
    static final int HOSTILE_SECONDS = Proof.count("hostile.seconds", 4, 60);

    /// Damaged places of each part of a block.
    static final int DAMAGES = Proof.count("fuzz.damages", 150, 3_000);

    /// Inputs that Jazzer tries with each target.
    static final int INPUTS = Proof.count("fuzz.inputs", 500, 10_000);

    private Settings() {}
}
