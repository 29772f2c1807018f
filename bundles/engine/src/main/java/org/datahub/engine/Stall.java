package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.datahub.api.StallPolicy;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// Live lossless consumers that do not move while they gate the producer, and those that it let go.
///
/// An eviction means one join of a row: its number, then the flag are stored before anything is
/// overwritten, and the flag is taken back only when the row was left, or joined anew. The joiner
/// waits for that before it counts itself protected.
final class Stall {
    private static final int NOBODY = -1;
    private static final long NEVER = Long.MIN_VALUE;

    private final MemorySegment state;
    private final MemorySegment control;
    private final Rows rows;
    private final long nanos;
    private final StallPolicy policy;
    private final long[] joins; // who gates, by the number of his join,
    private final long[] cursors; // at which slot,
    private final long[] since; // and from when on
    private final long[] evictedJoin;
    private int stalled = NOBODY;

    /// A new producer takes over the evictions of its predecessor.
    Stall(Block block, Rows rows, long nanos, StallPolicy policy) {
        this.state = block.state;
        this.control = block.control;
        this.rows = rows;
        this.nanos = nanos;
        this.policy = policy;
        this.joins = new long[rows.count()];
        this.cursors = new long[rows.count()];
        this.since = new long[rows.count()];
        this.evictedJoin = new long[rows.count()];
        Arrays.fill(since, NEVER);
        for (int row = 0; row < rows.count(); row++) {
            evictedJoin[row] = evicted(state, row) ? Words.acquire(state, StateLayout.letGo(row)) : NEVER;
        }
    }

    private static long word(int row) {
        return StateLayout.EVICTED + (long) (row / Long.SIZE) * Long.BYTES;
    }

    private static long bit(int row) {
        return 1L << row % Long.SIZE;
    }

    /// Whether the row was let go, as a consumer sees it.
    static boolean evicted(MemorySegment state, int row) {
        return (Words.acquire(state, word(row)) & bit(row)) != 0;
    }

    /// A wait at the gate begins: nobody fails it yet. Who gates goes on to do so over several waits,
    /// else a stall time beyond
    /// the write timeout would never pass.
    void begin() {
        stalled = NOBODY;
    }

    /// Whether the row does not count: it was let go and has not joined anew. `active` is what the
    /// scan has read of it.
    boolean ignored(int row, boolean active) {
        if (evictedJoin[row] == NEVER) return false;
        if (active && Words.acquire(control, ControlLayout.row(row) + RowLayout.EPOCH) == evictedJoin[row]) return true;
        evictedJoin[row] = NEVER;
        Words.release(state, word(row), Words.plain(state, word(row)) & ~bit(row));
        return false;
    }

    /// The row gates the producer at `now`. True if it was let go by this call.
    boolean gates(int row, long now) {
        if (policy == StallPolicy.BLOCK) return false;
        // The join first: who takes the row meanwhile may begin at the same slot, and has not stalled.
        long join = Words.acquire(control, ControlLayout.row(row) + RowLayout.EPOCH);
        long cursor = Words.acquire(control, ControlLayout.row(row) + RowLayout.CURSOR);
        if (since[row] == NEVER || join != joins[row] || cursor != cursors[row]) {
            joins[row] = join;
            cursors[row] = cursor;
            since[row] = now;
            return false;
        }
        if (now - since[row] < nanos) return false;
        if (policy == StallPolicy.FAIL) {
            stalled = row;
            return false;
        }
        letGo(row, join);
        return true;
    }

    /// Lets the consumer go that joined the row with this number. Between slots only.
    void letGo(int row, long join) {
        evictedJoin[row] = join;
        Words.release(state, StateLayout.letGo(row), join);
        Words.release(state, word(row), Words.plain(state, word(row)) | bit(row));
    }

    /// Who stalls the producer beyond what it stands ([StallPolicy#FAIL]); null if nobody does.
    String stalled() {
        return stalled == NOBODY ? null : "row=" + stalled + ", " + rows.owner(stalled);
    }
}
