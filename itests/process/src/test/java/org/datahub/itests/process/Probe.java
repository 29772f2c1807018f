package org.datahub.itests.process;

/// Kills a consumer and watches its lock byte and the stamps: when the byte came free, and when the
/// next slot was committed
/// after that. All on CLOCK_MONOTONIC, as this process saw it; it looks without pause.
final class Probe {
    private static final long PATIENCE = Child.PATIENCE.toNanos();

    private final BlockLook look;
    private final int row;

    /// For a victim that holds `row`.
    Probe(BlockLook look, int row) {
        this.look = look;
        this.row = row;
    }

    /// What it saw.
    ///
    /// @param held whether the victim held its byte when it was killed
    /// @param free nanoseconds from the kill until the byte was free
    /// @param commit nanoseconds from then until the next commit
    record Seen(boolean held, long free, long commit) {}

    /// Kills and watches, until the victim is gone and a slot was committed.
    Seen kill(Child victim) {
        boolean held = look.held(row);
        long killed = System.nanoTime();
        victim.kill();
        long free = 0;
        long commit = 0;
        long next = 0;
        while (free == 0 || commit == 0 || victim.alive()) {
            long now = System.nanoTime();
            if (now - killed > PATIENCE)
                throw new AssertionError("free=" + free + ", commit=" + commit + ". " + victim.describe());
            if (look.held(row)) { // a joiner can still take the byte between the signal and its end
                free = 0;
                commit = 0;
            } else if (free == 0) {
                free = System.nanoTime();
                next = look.next();
            } else if (commit == 0 && look.stamp(next) > next) {
                commit = System.nanoTime();
            }
        }
        return new Seen(held, free - killed, commit - free);
    }
}
