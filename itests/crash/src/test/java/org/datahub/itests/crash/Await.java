package org.datahub.itests.crash;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for a condition, and never for ever.
final class Await {
    /// Far more than anything here takes on a busy machine.
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long LOOK_NANOS = 200_000;

    private Await() {}

    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) throw new AssertionError("not within " + PATIENCE + ": " + what);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// Waits for the end of a thread that was told to come to it.
    static void end(Thread thread) {
        until(thread.getName() + " ends", () -> !thread.isAlive());
    }
}
