package org.datahub.itests.simulation.machine;

import java.lang.foreign.Arena;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/// What a process on the simulated machine gets in place of the calls that lead out of it: time,
/// chance, waiting.
public final class Outside {
    // Beats say nothing that the protocol rests on, and no thread but the simulated ones may run.
    private static final ScheduledExecutorService NOBODY = (ScheduledExecutorService) Proxy.newProxyInstance(
            Outside.class.getClassLoader(),
            new Class<?>[] {ScheduledExecutorService.class},
            (self, method, args) -> null);

    private Outside() {}

    /// For `LockSupport.parkNanos`.
    public static void park(long nanos) {
        Machine.current().sleep(nanos);
    }

    /// For `Thread.onSpinWait` and `Thread.yield`.
    public static void relax() {
        Machine.current().relax();
    }

    /// For `System.nanoTime`.
    public static long nanoTime() {
        return Machine.current().nanos();
    }

    /// For `System.currentTimeMillis`.
    public static long currentTimeMillis() {
        return Machine.current().nanos() / 1_000_000;
    }

    /// For `SecureRandom.nextLong`.
    public static long random(SecureRandom unused) {
        return Machine.current().dice().nextLong();
    }

    /// For `Arena.ofShared`, whose close stops every thread of the process for a moment.
    public static Arena arena() {
        return Machine.current().arena();
    }

    /// For `Thread.start`: a process has one thread, which does at once what another one would do
    /// meanwhile.
    public static void start(Thread thread) {
        thread.run();
    }

    /// For `Thread.join`.
    public static void join(Thread thread) {
        // It has ended when it was started.
    }

    /// For `Executors.newSingleThreadScheduledExecutor`.
    public static ScheduledExecutorService housekeeping(ThreadFactory unused) {
        return NOBODY;
    }
}
