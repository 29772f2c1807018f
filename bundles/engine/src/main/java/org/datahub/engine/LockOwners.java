package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.LockLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.NativeFile;

/// Who an owner word of a spin lock names, and whether he lives. The words can be spoilt by any
/// participant: what names
/// nobody counts as dead.
final class LockOwners {
    private final MemorySegment state;
    private final MemorySegment control;
    private final NativeFile lock;
    private final int rows;
    private final long own;

    /// `own` is the lock byte that this participant holds by the very file it looks through: to it,
    /// that byte seems free.
    LockOwners(Block block, long own) {
        this.own = own;
        this.state = block.state;
        this.control = block.control;
        this.lock = block.lock;
        this.rows = block.geometry.rows();
    }

    int rows() {
        return rows;
    }

    /// The owner word of the participant that is in row `row`, or of the producer for row `rows`,
    /// as of now.
    long word(int row) {
        return row == rows
                ? LockLayout.owner(LockLayout.PRODUCER, Words.acquire(state, StateLayout.INCARNATION))
                : LockLayout.owner(row + 1, Words.acquire(control, ControlLayout.row(row) + RowLayout.SESSION));
    }

    private int row(long owner) {
        int participant = LockLayout.participant(owner);
        if (participant == LockLayout.PRODUCER) return rows;
        return participant >= 1 && participant <= rows ? participant - 1 : -1;
    }

    /// Replaces `dead` by `mine` at `at` if its owner is dead: his lock byte is the proof, and is
    /// held over the act. An owner
    /// whose row serves another attach by now is dead too. A live owner is never robbed.
    boolean inherit(long at, long dead, long mine) {
        int row = row(dead);
        if (row < 0 || LockLayout.session(word(row)) != LockLayout.session(dead)) {
            return Words.replace(control, at, dead, mine);
        }
        long position = row == rows ? RowLayout.PRODUCER_LOCK : RowLayout.FIRST_LOCK + row;
        if (position == own || lock.lockedByOther(position) || !lock.tryLock(position)) return false;
        try {
            return LockLayout.session(word(row)) == LockLayout.session(dead) && Words.replace(control, at, dead, mine);
        } finally {
            lock.unlock(position);
        }
    }
}
