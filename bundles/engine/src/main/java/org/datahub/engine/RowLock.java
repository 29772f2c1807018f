package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.SharedLock;
import org.datahub.api.layout.LockLayout;
import org.datahub.api.layout.Words;

/// A spin lock whose owner is a participant. Who waits says so by a bit of his row; who releases
/// hands over to the next bit
/// behind his own, round and round, so that nobody starves. A free lock may be taken by anybody.
final class RowLock implements SharedLock {
    private static final int SPINS = 200;
    private static final int YIELDS = 100;
    private static final long PARK = 50_000;
    private static final int LOOKS_A_CHECK = 64;

    private final Handle handle;
    private final MemorySegment control;
    private final LockOwners owners;
    private final long at;
    private final int row;
    private final long mine;
    private int taken;
    private boolean inconsistent;

    /// The lock at `at`, for the participant in row `row` (the producer: the number of rows).
    RowLock(Handle handle, LockOwners owners, long at, int row) {
        this.handle = handle;
        this.control = handle.block.control;
        this.owners = owners;
        this.at = at;
        this.row = row;
        this.mine = owners.word(row);
    }

    @Override
    public Outcome lock(Duration timeout) {
        return handle.inside(() -> take(timeout));
    }

    /// [#lock], for who is inside already.
    Outcome take(Duration timeout) {
        if (taken == 0 && !acquire(timeout)) return Outcome.TIMEOUT;
        taken++;
        return inconsistent ? Outcome.INCONSISTENT : Outcome.LOCKED;
    }

    private boolean acquire(Duration timeout) {
        boolean got = Words.replace(control, at + LockLayout.OWNER, 0, mine);
        if (!got && !timeout.isZero()) got = await(Handle.deadline(handle.block.kernel.nanos(), timeout));
        if (!got && !inherit()) return false;
        inconsistent = Words.acquire(control, at + LockLayout.INCONSISTENT) != 0;
        return true;
    }

    private boolean await(long deadline) {
        announce(true);
        boolean got = false;
        try {
            for (int look = 1; !got; look++) {
                got = Words.replace(control, at + LockLayout.OWNER, mine | LockLayout.HANDED, mine)
                        || Words.replace(control, at + LockLayout.OWNER, 0, mine)
                        || look % LOOKS_A_CHECK == 0 && inherit();
                if (!got && handle.occupancy.stopped()) throw handle.occupancy.reason();
                if (!got && over(look, deadline)) break;
            }
        } catch (RuntimeException | Error e) {
            if (waitNoMore(got)) pass();
            throw e;
        }
        return waitNoMore(got);
    }

    /// Whether the lock is ours now: it may have been handed over at the last moment.
    private boolean waitNoMore(boolean got) {
        announce(false);
        return got || Words.replace(control, at + LockLayout.OWNER, mine | LockLayout.HANDED, mine);
    }

    /// A park may take far longer than it was asked to: after each the clock is looked at.
    private boolean over(int look, long deadline) {
        boolean parks = look >= SPINS + YIELDS;
        if (look < SPINS) Thread.onSpinWait();
        else if (!parks) Thread.yield();
        else LockSupport.parkNanos(PARK);
        Pause.requireUninterrupted();
        return (parks || look % LOOKS_A_CHECK == 0) && handle.block.kernel.nanos() - deadline >= 0;
    }

    /// Takes the lock from an owner that died. Where it was only handed to him, he changed nothing.
    private boolean inherit() {
        long dead = Words.acquire(control, at + LockLayout.OWNER);
        if (dead == 0 || dead == mine || !owners.inherit(at + LockLayout.OWNER, dead, mine)) return false;
        if ((dead & LockLayout.HANDED) == 0) Words.release(control, at + LockLayout.INCONSISTENT, 1);
        return true;
    }

    private void announce(boolean waiting) {
        long word = at + (row == owners.rows() ? LockLayout.PRODUCER_WAITING : LockLayout.WAITING + row / 64 * 8L);
        long bit = row == owners.rows() ? 1 : 1L << row % 64;
        long old;
        do old = Words.acquire(control, word);
        while (!Words.replace(control, word, old, waiting ? old | bit : old & ~bit));
    }

    @Override
    public void declareConsistent() {
        handle.inside(() -> {
            requireOwner();
            settle();
            return null;
        });
    }

    /// What the lock guards is whole: said by its owner, who is inside.
    void settle() {
        Words.release(control, at + LockLayout.INCONSISTENT, 0);
        inconsistent = false;
    }

    @Override
    public void unlock() {
        handle.inside(() -> {
            requireOwner();
            giveBack();
            return null;
        });
    }

    /// [#unlock], for who is inside already; nothing, where the handle has ended and with it the lock.
    void giveBack() {
        if (taken > 0 && --taken == 0) pass();
    }

    /// Whether this participant has the lock.
    boolean held() {
        return taken > 0;
    }

    private void requireOwner() {
        if (taken == 0) throw new IllegalStateException("the lock is not held: block=" + handle.block.name);
    }

    /// Hands over to the next that waits, or sets free. A dead one that it is handed to is
    /// inherited by who comes next.
    private void pass() {
        int count = owners.rows() + 1;
        for (int step = 1; step <= count; step++) {
            int next = (row + step) % count;
            if (next == row || !waits(next)) continue;
            long handed = owners.word(next) | LockLayout.HANDED;
            Words.release(control, at + LockLayout.OWNER, handed);
            Words.fullFence(); // against one that gives up: he sees the hand-over, or we see that he waits no more
            if (waits(next) || !Words.replace(control, at + LockLayout.OWNER, handed, mine)) return;
        }
        Words.release(control, at + LockLayout.OWNER, 0);
    }

    private boolean waits(int other) {
        if (other == owners.rows()) return Words.acquire(control, at + LockLayout.PRODUCER_WAITING) != 0;
        return (Words.acquire(control, at + LockLayout.WAITING + other / 64 * 8L) & 1L << other % 64) != 0;
    }

    /// The handle ends: what it holds goes to the next, as from an owner that died.
    void abandon() {
        if (taken == 0) return;
        taken = 0;
        Words.release(control, at + LockLayout.INCONSISTENT, 1);
        pass();
    }
}
