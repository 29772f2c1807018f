package org.datahub.engine;

import java.lang.foreign.MemorySegment;

/// Layer 0, the producer's side of either discipline. For one thread; allocates nothing. Between
/// [#claim] and [#commit]
/// or [#abort] the claimed cell is the caller's.
interface SlotWriter {
    /// Claims the next cell: false while lossless consumers gate it.
    boolean claim();

    /// Claims up to `count` cells in a row, fewer where the gate ends before them; how many.
    /// `count` is at most B.
    int claim(int count);

    /// The segment of the cells.
    MemorySegment data();

    /// Offset of the claimed cell's header.
    long cell();

    /// Offset of the header of the claimed cell `index` of a batch.
    long cell(int index);

    /// Commits the claimed cell: the one commit point.
    void commit();

    /// Commits the first `count` claimed cells at once: consumers see all of them or none.
    void commit(int count);

    /// Leaves the claimed cell; the next claim has the same number.
    void abort();

    /// Makes the next slot number exact for whoever looks: before anything that may take long.
    void publish();

    /// The number of the slot that is claimed or will be.
    long next();

    /// At a closed gate: looks again how far the cursors are. Whether a claim would go through.
    boolean opens();

    /// Slots that could be claimed one after the other, by the last look.
    long room();

    /// The same as [#opens], with `reclaim` also for dead ones among those that gate.
    boolean free(boolean reclaim);

    /// A wait at the gate begins.
    void beginWait();

    /// Who stalls the producer for longer than it stands; null if nobody does.
    String stalled();

    /// Lets the lossless consumer go that joined `row` with the number `join`; false if there is none.
    boolean evict(int row, long join);

    /// Whether every live lossless consumer has released everything.
    boolean drained();

    /// Goes on in `following`, which is empty: the next slot and those after it live there. Between two
    /// slots only.
    void cutTo(Generation following);

    /// Whether the newest slot has room in cells of this size, where the next generation must hold it.
    boolean fits(long slotBytes);

    /// The generation that was cut last and still stands; 0 where there is none.
    long former();

    /// Whether the row's owner said that it can't follow, and has been left behind since.
    boolean leftBehind(int row);

    /// Slots still to be written until the present generation holds what must be intact by itself.
    long untilRetirement();

    /// Whether nobody needs the former generation any more. Between two slots only.
    boolean mayRetire();

    /// The same without being sure, and from any thread.
    boolean retirementDue();

    /// It is gone.
    void retired();

    /// Slots of this writer that no lossless consumer has seen or can still see.
    long unseen();
}
