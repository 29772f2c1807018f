package org.datahub.distribution;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The wish to end. SIGINT, SIGTERM and SIGHUP make the JVM run its shutdown hooks; the hook here
/// asks the command to close what it holds and waits until it has. The exit status stays the
/// signal's: 130 after SIGINT.
///
/// The command's thread is interrupted, so that it leaves a read, a write or a sleep at once.
/// Whatever it does next it does by asking [#requested] first.
public final class Stop {
    /// A command that does not end within this time is left behind; the kernel then frees what it
    /// held.
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Thread worker;
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean requested;

    /// For the command that `worker` runs.
    public Stop(Thread worker) {
        this.worker = worker;
    }

    /// Listens to the signals of this process from now on.
    void listen() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::request, "datahub-stop"));
    }

    /// Whether the command is to end. It also takes the interrupt away, so that closing may use
    /// channels and locks; for the command's own thread.
    public boolean requested() {
        if (requested) Thread.interrupted();
        return requested;
    }

    /// The command has closed everything.
    void finished() {
        finished.countDown();
    }

    /// Asks, and waits for the answer.
    void request() {
        if (finished.getCount() == 0) return;
        requested = true;
        worker.interrupt();
        try {
            finished.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
