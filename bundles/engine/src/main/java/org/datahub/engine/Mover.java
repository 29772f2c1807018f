package org.datahub.engine;

import java.time.Duration;
import java.util.function.Supplier;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.admin.HandoverSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a declared block to the slots and the memory that its configuration says by now: asks its
/// producer, in whatever process that is, for a handover, or stands in for it, as often as it takes.
/// A thread lives only while there is something to be done.
final class Mover implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long AGAIN_MILLIS = 500;

    private final Supplier<Hub> hubs;
    private Thread thread;
    private BlockSpec wanted;
    private boolean closed;

    /// `hubs` opens a hub for one task.
    Mover(Supplier<Hub> hubs) {
        this.hubs = hubs;
    }

    /// The block should be as `spec` says; what was wanted before is not wanted any more.
    synchronized void move(BlockSpec spec) {
        wanted = spec;
        if (closed || thread != null) return;
        thread = Thread.ofPlatform()
                .daemon()
                .name("datahub-mover-" + spec.name())
                .start(this::run);
    }

    private void run() {
        String told = "";
        while (true) {
            BlockSpec spec = next();
            if (spec == null) return;
            String obstacle = attempt(spec);
            if (obstacle == null) {
                finished(spec);
            } else {
                if (!obstacle.equals(told)) LOG.info("block {}: waits to be handed over: {}", spec.name(), obstacle);
                told = obstacle;
                pause();
            }
        }
    }

    /// What is wanted; null when there is nothing to be done and the thread ends.
    private synchronized BlockSpec next() {
        if (closed || wanted == null) thread = null;
        return thread == null ? null : wanted;
    }

    private synchronized void finished(BlockSpec spec) {
        if (wanted == spec) wanted = null;
    }

    private synchronized void pause() {
        try {
            if (!closed) wait(AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it is closed; the next look says so
        }
    }

    /// Asks once; what stands against it for now, or null where it is done or can't be.
    private String attempt(BlockSpec spec) {
        try (Hub hub = hubs.get()) {
            HandoverSpec handover = hub.handoverTo(spec);
            if (handover != null) hub.admin(spec.name()).handover(handover, PATIENCE);
            return null;
        } catch (DataHubException e) {
            if (e.code() == ErrorCode.NO_PRODUCER
                    || e.code() == ErrorCode.REQUEST_REFUSED
                    || e.code() == ErrorCode.LOCK_TIMEOUT
                    || e.code() == ErrorCode.PRODUCER_SILENT) return e.problem();
            boolean gone = e.code() == ErrorCode.BLOCK_REMOVED
                    || e.code() == ErrorCode.BLOCK_NOT_FOUND
                    || e.code() == ErrorCode.BLOCK_ORPHANED;
            if (!gone && e.code() != ErrorCode.INTERRUPTED) {
                LOG.error("block {}: stays as it is: {}", spec.name(), e.getMessage());
            }
            return null;
        }
    }

    /// What is wanted is not wanted any more.
    @Override
    public void close() {
        Thread last;
        synchronized (this) {
            closed = true;
            last = thread;
            notifyAll();
        }
        if (last == null) return;
        last.interrupt();
        try {
            last.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
