package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.DataHubException;
import org.datahub.api.Delivery;
import org.datahub.api.ErrorCode;
import org.datahub.api.SyncPolicy;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.NativeFile;

/// The participants of a block. A row is its owner's exactly as long as the kernel keeps the
/// owner's lock byte; who takes
/// the byte of a row may clean it, and nobody else does.
final class Rows {
    // A cleaner holds a dead row's byte for some microseconds, a large process takes a second to die.
    private static final long DYING_NANOS = 1_000_000_000L;
    private static final long PARK_NANOS = 1_000_000L;

    private final Block block;
    private final MemorySegment control;
    private final NativeFile lock;
    private final int count;

    Rows(Block block) {
        this.block = block;
        this.control = block.control;
        this.lock = block.lock;
        this.count = block.geometry.rows();
    }

    static long kind(Delivery delivery) {
        return switch (delivery) {
            case LOSSLESS -> RowLayout.LOSSLESS;
            case OBSERVER -> RowLayout.OBSERVER;
            case PINNED -> RowLayout.PINNED;
        };
    }

    /// What stands in a row as its kind, or null for a free row and for nonsense.
    static Delivery delivery(long kind) {
        if (kind == RowLayout.LOSSLESS) return Delivery.LOSSLESS;
        if (kind == RowLayout.OBSERVER) return Delivery.OBSERVER;
        return kind == RowLayout.PINNED ? Delivery.PINNED : null;
    }

    /// Takes a row and its lock byte; the row is clean and not yet active.
    ///
    /// @throws DataHubException `DH-2002`, `DH-2003`, `DH-2004`, `DH-2008`, and what [Block#gone]
    /// says
    int take(Delivery delivery) {
        refuseByPolicy(delivery);
        boolean sequential = block.geometry.policy() == SyncPolicy.SEQUENTIAL;
        boolean first = sequential && delivery == Delivery.LOSSLESS;
        int from = sequential && !first ? 1 : 0;
        int to = first ? 1 : count;
        long deadline = block.kernel.nanos() + DYING_NANOS;
        while (true) {
            for (int row = from; row < to; row++) {
                if (lock.tryLock(RowLayout.FIRST_LOCK + row)) return taken(row);
            }
            if (block.kernel.nanos() - deadline >= 0) throw first ? conflict() : full();
            LockSupport.parkNanos(PARK_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw new DataHubException(
                        ErrorCode.INTERRUPTED,
                        "the thread was interrupted while it waited for a row: block=" + block.name,
                        "the hub is still usable");
            }
        }
    }

    private int taken(int row) {
        if (!block.current()) throw block.gone();
        clean(row);
        return row;
    }

    private void refuseByPolicy(Delivery delivery) {
        boolean state = block.geometry.state();
        String why = switch (delivery) {
            case LOSSLESS -> block.geometry.gated() ? null : "nobody may gate a block of policy LATEST_ONLY";
            case PINNED -> state ? null : "only a state block (LATEST_ONLY with 1 or 2 slots) has pins";
            case OBSERVER -> null;
        };
        if (why == null) return;
        throw new DataHubException(
                ErrorCode.DELIVERY_REFUSED,
                "the block has no such consumer: block=" + block.name + ", delivery=" + delivery + ", policy="
                        + block.geometry.policy() + ", slots=" + block.geometry.slots() + ": " + why,
                "attach as an observer");
    }

    private DataHubException conflict() {
        return new DataHubException(
                ErrorCode.CONSUMER_CONFLICT,
                "a SEQUENTIAL block has one lossless consumer, and it is there: block=" + block.name + ", owner: "
                        + owner(0),
                "attach as an observer, end the other, or use policy SEQUENTIAL_SYNC");
    }

    private DataHubException full() {
        return new DataHubException(
                ErrorCode.PARTICIPANTS_FULL,
                "every row of the block is taken: block=" + block.name + ", participants=" + count,
                "end a consumer, or make the block anew with more participants");
    }

    /// Who owns the row, in words.
    String owner(int row) {
        long at = ControlLayout.row(row);
        return "pid=" + Words.opaque(control, at + RowLayout.PID) + ", label="
                + Words.text(
                        control,
                        at + RowLayout.LABEL,
                        StateLayout.MOST_LABEL_BYTES,
                        Words.plainInt(control, at + RowLayout.LABEL_BYTES));
    }

    /// Writes who owns the row, for people, and the barrier word that a sleeping producer decides
    /// its bound by.
    void introduce(int row, Kernel.Identity who, boolean barriers, String label) {
        long at = ControlLayout.row(row);
        Words.opaque(control, at + RowLayout.PID, who.pid());
        Words.opaque(control, at + RowLayout.START_TICKS, who.startTicks());
        Words.opaque(control, at + RowLayout.PID_NAMESPACE, who.pidNamespace());
        Words.opaque(control, at + RowLayout.TIME_NAMESPACE, who.timeNamespace());
        Words.plainInt(control, at + RowLayout.UID, who.uid());
        Words.plainInt(
                control,
                at + RowLayout.LABEL_BYTES,
                Words.text(control, at + RowLayout.LABEL, StateLayout.MOST_LABEL_BYTES, label));
        Words.release(control, at + RowLayout.GENERATION_READY, 0);
        Words.release(control, at + RowLayout.GENERATION_REFUSED, 0);
        Words.opaque(control, at + RowLayout.RECEIVED, 0);
        Words.opaque(control, at + RowLayout.MISSED, 0);
        Words.release(control, at + RowLayout.BARRIERS, barriers ? 1 : 0);
        // Unlike the number of a join it stays while this owner leaves and joins anew.
        Words.release(control, at + RowLayout.SESSION, Words.add(control, ControlLayout.JOIN_EPOCH, 1));
    }

    /// Makes the row count: cursor first, then active, then the epoch that makes the producer look.
    /// Returns the epoch that
    /// the producer's acknowledgement must reach.
    long activate(int row, Delivery delivery, long cursor) {
        long at = ControlLayout.row(row);
        // A number of its own for this join, there before the row counts: an eviction means one join, not the next.
        Words.release(control, at + RowLayout.EPOCH, Words.add(control, ControlLayout.JOIN_EPOCH, 1));
        Words.release(control, at + RowLayout.CURSOR, cursor);
        Words.release(control, at + RowLayout.ACTIVE, kind(delivery));
        long epoch = Words.add(control, ControlLayout.JOIN_EPOCH, 1);
        Words.fullFence();
        return epoch;
    }

    /// Empties a row whose lock byte the caller holds, and lets the producer know if it counted.
    void clean(int row) {
        long at = ControlLayout.row(row);
        boolean counted = Words.acquire(control, at + RowLayout.ACTIVE) != 0;
        Words.release(control, at + RowLayout.ACTIVE, 0);
        for (int pin = 0; pin < RowLayout.MOST_PINS; pin++) {
            Words.release(control, at + RowLayout.PINS + 8L * pin, 0);
        }
        if (counted) Words.add(control, ControlLayout.JOIN_EPOCH, 1);
    }

    /// Cleans the row if its owner is dead; whether it did. A live owner is never robbed: its byte
    /// can't be had.
    boolean reclaim(int row) {
        long position = RowLayout.FIRST_LOCK + row;
        if (lock.lockedByOther(position) || !lock.tryLock(position)) return false;
        clean(row);
        lock.unlock(position);
        return true;
    }

    /// Whether the row gates the producer.
    boolean lossless(int row) {
        return Words.acquire(control, ControlLayout.row(row) + RowLayout.ACTIVE) == RowLayout.LOSSLESS;
    }

    /// The generation that the row's owner reads slots from.
    long entered(int row) {
        return Words.acquire(control, ControlLayout.row(row) + RowLayout.GENERATION_ENTERED);
    }

    /// Says which generation the row's owner reads slots from: before it counts, and when it goes on.
    void enter(int row, long generation) {
        Words.release(control, ControlLayout.row(row) + RowLayout.GENERATION_ENTERED, generation);
    }

    /// Its owner has mapped the generation ahead.
    void ready(int row, long generation) {
        Words.release(control, ControlLayout.row(row) + RowLayout.GENERATION_READY, generation);
    }

    /// Its owner can't follow into the generation. The producer looks at the row anew.
    void refuse(int row, long generation, int code) {
        long at = ControlLayout.row(row);
        Words.opaque(control, at + RowLayout.REFUSAL, code);
        Words.release(control, at + RowLayout.GENERATION_REFUSED, generation);
        Words.add(control, ControlLayout.JOIN_EPOCH, 1);
    }

    /// Its owner takes back that it can't follow. Returns the epoch that the producer's acknowledgement
    /// must reach.
    long accept(int row) {
        Words.release(control, ControlLayout.row(row) + RowLayout.GENERATION_REFUSED, 0);
        return Words.add(control, ControlLayout.JOIN_EPOCH, 1);
    }

    /// Whether its owner has mapped the generation ahead.
    boolean isReady(int row, long generation) {
        return Words.acquire(control, ControlLayout.row(row) + RowLayout.GENERATION_READY) == generation;
    }

    /// Why its owner can't follow into the generation: the number of an error; 0 where it did not say so.
    int refusal(int row, long generation) {
        long at = ControlLayout.row(row);
        if (Words.acquire(control, at + RowLayout.GENERATION_REFUSED) != generation) return 0;
        return (int) Words.opaque(control, at + RowLayout.REFUSAL);
    }

    /// The number of the join that the row's owner made last.
    long join(int row) {
        return Words.acquire(control, ControlLayout.row(row) + RowLayout.EPOCH);
    }

    /// Whether every consumer takes part in barriers, so that a sleeping producer is rung for sure.
    boolean ring() {
        for (int row = 0; row < count; row++) {
            if (lossless(row) && Words.acquire(control, ControlLayout.row(row) + RowLayout.BARRIERS) == 0) return false;
        }
        return true;
    }

    /// Whether the row's owner lives.
    boolean alive(int row) {
        return lock.lockedByOther(RowLayout.FIRST_LOCK + row);
    }

    int count() {
        return count;
    }
}
