package org.datahub.itests.crash;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Next;

/// A consumer in a thread of the test that reads until it is told to end.
final class Reader implements AutoCloseable {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final long IDLE_NANOS = 200_000;

    private final DataBlockConsumer in;
    private final Account account;
    private final Thread thread;
    private volatile boolean held;
    private volatile boolean stopped;
    private volatile Throwable failure;

    Reader(DataBlockConsumer in, Account account) {
        this.in = in;
        this.account = account;
        this.thread = Thread.ofPlatform().daemon().name("reader").start(this::run);
    }

    private void run() {
        try {
            while (!stopped) {
                // At the end of the stream a successor may go on.
                if (held || account.read(SOON) == Next.END) LockSupport.parkNanos(IDLE_NANOS);
            }
        } catch (Throwable t) {
            failure = t;
        } finally {
            in.close();
        }
    }

    DataBlockConsumer consumer() {
        return in;
    }

    Account account() {
        return account;
    }

    /// Reads nothing from now on.
    void hold() {
        held = true;
    }

    void goOn() {
        held = false;
    }

    /// Waits until it stands at slot `n` or behind it.
    void awaitPosition(long n) {
        Await.until("a reader reaches slot " + n, () -> account.position() >= n || failure != null);
        requireSound();
    }

    private void requireSound() {
        if (failure == null) return;
        throw new AssertionError("a consumer failed at slot " + account.position() + ": " + failure, failure);
    }

    /// Ends it; then it must have accounted for every slot from its begin to `end`.
    void finish(long end) {
        awaitPosition(end);
        close();
        requireSound();
        account.requireComplete(end);
    }

    /// As [#finish], and none is missing.
    void finishWithoutGap(long end) {
        finish(end);
        if (!account.gaps().isEmpty()) throw new AssertionError("gaps: " + account.gaps());
    }

    @Override
    public void close() {
        stopped = true;
        Await.end(thread);
    }
}
