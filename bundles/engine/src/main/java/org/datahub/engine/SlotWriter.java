package org.datahub.engine;

import java.lang.foreign.MemorySegment;

/// Layer 0, the producer's side of either discipline. For one thread; allocates nothing. Between [#claim] and [#commit]
/// or [#abort] the claimed cell is the caller's.
interface SlotWriter {
    /// Claims the next cell: false while lossless consumers gate it.
    boolean claim();

    /// The segment of the cells.
    MemorySegment data();

    /// Offset of the claimed cell's header.
    long cell();

    /// Commits the claimed cell: the one commit point.
    void commit();

    /// Leaves the claimed cell; the next claim has the same number.
    void abort();

    /// Makes the next slot number exact for whoever looks: before anything that may take long.
    void publish();

    /// The number of the slot that is claimed or will be.
    long next();

    /// At a closed gate: looks at the rows again, with `reclaim` also for dead ones among those that gate. Whether a claim
    /// would go through.
    boolean free(boolean reclaim);

    /// Whether every live lossless consumer has released everything.
    boolean drained();

    /// Slots of this writer that no lossless consumer has seen or can still see.
    long unseen();
}
