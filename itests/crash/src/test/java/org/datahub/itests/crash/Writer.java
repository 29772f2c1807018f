package org.datahub.itests.crash;

import java.util.concurrent.locks.LockSupport;
import org.datahub.api.DataBlockProducer;

/// A producer in a thread of the test that writes one slot after the other.
final class Writer implements AutoCloseable {
    private static final long PACE_NANOS = 100_000;

    private final DataBlockProducer out;
    private final long incarnation;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile long position;
    private volatile Throwable failure;

    Writer(DataBlockProducer out, long incarnation) {
        this.out = out;
        this.incarnation = incarnation;
        this.position = out.next();
        this.thread = Thread.ofPlatform().daemon().name("writer").start(this::run);
    }

    private void run() {
        try {
            while (!stopped) {
                write(out, incarnation);
                position = out.next();
                LockSupport.parkNanos(PACE_NANOS);
            }
        } catch (Throwable t) {
            failure = t;
        } finally {
            out.close();
        }
    }

    /// Writes the next slot of any producer.
    static void write(DataBlockProducer out, long incarnation) {
        out.write(tx -> tx.length(Pattern.fill(tx.payload(), 0, tx.number(), incarnation))
                .user(incarnation));
    }

    /// The next slot number.
    long position() {
        return position;
    }

    /// Waits until `slots` more are committed: nothing dead holds it up.
    void awaitMore(long slots) {
        long end = position + slots;
        Await.until(
                "the producer reaches slot " + end + ", it is at " + position,
                () -> position >= end || failure != null);
        requireSound();
    }

    void requireSound() {
        if (failure != null) throw new AssertionError("the producer failed: " + failure, failure);
    }

    /// Closes the stream; returns its end.
    long finish() {
        close();
        requireSound();
        return position;
    }

    @Override
    public void close() {
        stopped = true;
        Await.end(thread);
    }
}
