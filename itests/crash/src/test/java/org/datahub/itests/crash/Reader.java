package org.datahub.itests.crash;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.GapReason;
import org.datahub.api.Next;
import org.datahub.api.Slot;
import org.datahub.engine.Inside;

/// A consumer in a thread of the test, which looks at every byte of every slot and at every number.
final class Reader implements AutoCloseable {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final long IDLE_NANOS = 200_000;

    /// Slots that were missed.
    record Gap(long from, long to, GapReason reason) {}

    private final DataBlockConsumer in;
    private final boolean state;
    private final boolean lossless;
    private final Thread thread;
    private final List<Gap> gaps = new ArrayList<>();
    private final long begin;
    private volatile boolean held;
    private volatile boolean stopped;
    private volatile long position;
    private volatile long verified;
    private volatile Throwable failure;
    private long incarnation;
    private boolean wasProtected;

    private long[] payload;
    private long number;
    private long user;

    /// Reads from where `in` stands until it is closed.
    Reader(DataBlockConsumer in, boolean state, boolean lossless) {
        this.in = in;
        this.state = state;
        this.lossless = lossless;
        this.begin = in.number();
        this.position = begin;
        this.thread = Thread.ofPlatform().daemon().name("reader").start(this::run);
    }

    private void run() {
        try {
            while (!stopped) {
                if (held) LockSupport.parkNanos(IDLE_NANOS);
                else step();
            }
        } catch (Throwable t) {
            failure = t;
        } finally {
            in.close();
        }
    }

    private void step() {
        switch (in.read(SOON, this::keep)) {
            case SLOT -> check();
            case GAP -> gap();
            case END -> LockSupport.parkNanos(IDLE_NANOS); // a successor may go on
            case TIMEOUT -> {}
        }
        position = in.number();
    }

    /// Nothing of it is judged before the read has proven it.
    private void keep(Slot slot) {
        if (lossless) wasProtected |= Inside.inPlace(in);
        payload = slot.payload().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
        number = slot.number();
        user = slot.user();
    }

    private void check() {
        if (state ? number < position : number != position) {
            throw new AssertionError("slot " + number + " came where " + position + " was due");
        }
        if (user < incarnation) throw new AssertionError("incarnation " + user + " came after " + incarnation);
        String fault = Pattern.fault(payload, number, user);
        if (fault != null) throw new AssertionError(fault);
        incarnation = user;
        verified++;
    }

    private void gap() {
        if (in.gapFrom() != position) {
            throw new AssertionError("the gap begins at " + in.gapFrom() + " where " + position + " was due");
        }
        gaps.add(new Gap(in.gapFrom(), in.gapTo(), in.gapReason()));
        if (lossless && wasProtected && in.gapReason() == GapReason.OVERRUN) {
            throw new AssertionError("a protected consumer lost " + in.gapFrom() + " to " + in.gapTo());
        }
    }

    /// Reads nothing from now on.
    void hold() {
        held = true;
    }

    void goOn() {
        held = false;
    }

    /// The next slot it wants.
    long position() {
        return position;
    }

    long begin() {
        return begin;
    }

    long verified() {
        return verified;
    }

    /// Waits until it stands at slot `n` or behind it.
    void awaitPosition(long n) {
        Await.until("a reader reaches slot " + n + ", it is at " + position, () -> position >= n || failure != null);
        requireSound();
    }

    void requireSound() {
        if (failure != null) throw new AssertionError("a consumer failed", failure);
    }

    /// Ends it; then it must have accounted for every slot from its begin to `end`.
    void finish(long end) {
        awaitPosition(end);
        close();
        requireSound();
        if (position != end) throw new AssertionError("invented slots: position=" + position + ", end=" + end);
        if (in.received() + in.missed() != end - begin) {
            throw new AssertionError("received=" + in.received() + " + missed=" + in.missed() + " != " + (end - begin));
        }
    }

    /// As [#finish], and none is missing.
    void finishWithoutGap(long end) {
        finish(end);
        if (!gaps.isEmpty()) throw new AssertionError("gaps: " + gaps);
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(Await.PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) throw new AssertionError("a reader hangs at slot " + position);
    }
}
