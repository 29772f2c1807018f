package org.datahub.distribution;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A fixed number of turns a second, each at its own time since the begin: a late turn does not
/// delay those behind it.
public final class Pace {
    private static final double SECOND = 1e9;

    private final double period;
    private final long begin;
    private long turn;

    /// `rate` turns a second from now on; the first one is due at once.
    public Pace(double rate) {
        this.period = SECOND / rate;
        this.begin = System.nanoTime();
    }

    /// Waits for the next turn; false when `stop` says so meanwhile.
    public boolean await(BooleanSupplier stop) {
        long due = begin + (long) (turn++ * period);
        while (!stop.getAsBoolean()) {
            long left = due - System.nanoTime();
            if (left <= 0) return true;
            LockSupport.parkNanos(left);
        }
        return false;
    }
}
