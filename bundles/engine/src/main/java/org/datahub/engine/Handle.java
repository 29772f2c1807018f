package org.datahub.engine;

import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.Doorbell;

/// What a producer and a consumer share: the busy mark, the beat, and the end.
abstract class Handle implements Beats.Beating, AutoCloseable {
    final Block block;
    final Occupancy occupancy;
    private final Beats beats;
    private final Hub hub;
    private final Doorbell own;
    private final Object beatLock = new Object();
    private boolean ended;

    /// `own` is the bell that this handle sleeps on.
    Handle(Hub hub, Block block, Beats beats, String what, Doorbell own) {
        this.hub = hub;
        this.block = block;
        this.beats = beats;
        this.own = own;
        this.occupancy = new Occupancy(block.kernel, what + " of block " + block.name, this::finish);
    }

    /// The constructor of the subclass is through: beats begin.
    final void begin() {
        beats.add(this);
    }

    @Override
    public final void beat(long nanos) {
        synchronized (beatLock) {
            if (ended || occupancy.stopped()) return;
            writeBeat(nanos);
            if (!block.current()) fail(block.gone());
        }
    }

    /// Stores the beat.
    abstract void writeBeat(long nanos);

    /// Says goodbye in shared memory. Nobody is inside, and no beat comes any more.
    abstract void leave();

    /// Later calls throw `reason`, one that sleeps wakes up and throws it.
    final void fail(DataHubException reason) {
        occupancy.fail(reason);
        own.wakeAll();
    }

    /// After a fault in mapped memory nothing of this handle can be trusted.
    final DataHubException poisoned(InternalError fault) {
        DataHubException reason = new DataHubException(
                ErrorCode.MEMORY_FAULT,
                "the memory of the block is gone: block=" + block.name + ": " + fault.getMessage(),
                "close the handle and see who truncated the files; the last slot counts as lost",
                fault);
        fail(reason);
        return reason;
    }

    @Override
    public final void close() {
        occupancy.close();
        own.wakeAll();
    }

    private void finish() {
        beats.remove(this);
        synchronized (beatLock) {
            ended = true;
            try {
                leave();
            } catch (InternalError e) {
                fail(poisoned(e)); // the memory is gone, and with it whom to tell
            } finally {
                block.close();
                hub.forget(this);
            }
        }
    }

    /// When a wait of `nanos` from now is over; a wait too long to count has no end.
    static long deadline(long now, java.time.Duration time) {
        long nanos;
        try {
            nanos = time.toNanos();
        } catch (ArithmeticException e) {
            nanos = Long.MAX_VALUE;
        }
        return now + Math.min(nanos, Long.MAX_VALUE / 2);
    }
}
