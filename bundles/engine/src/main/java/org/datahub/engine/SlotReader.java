package org.datahub.engine;

import java.lang.foreign.MemorySegment;

/// Layer 0, the consumer's side of either discipline. For one thread; allocates nothing.
interface SlotReader {
    /// What a look found.
    enum Look {
        /// Not yet written.
        NOTHING,
        /// A slot, held until [SlotReader#release].
        SLOT,
        /// Slots were missed: [SlotReader#gapFrom] to [SlotReader#gapTo].
        GAP
    }

    /// Looks once for the next slot; none is held.
    Look look();

    /// The slot held, or wanted next.
    long number();

    /// The memory of the held slot: the data segment, or a private copy that was proven.
    MemorySegment segment();

    /// Offset of the held slot's header in [#segment].
    long header();

    /// Whether what is held is still the slot.
    boolean intact();

    /// Lets the held slot go and steps behind it. False if it can't be proven intact to the end; then it is the last gap.
    boolean release();

    /// Lets the held slot go without stepping behind it: the next look finds it again.
    void putBack();

    /// First slot of the last gap.
    long gapFrom();

    /// First slot behind it.
    long gapTo();

    /// Slots passed over that a gap does not report: on a state block, those replaced before the look.
    long superseded();

    /// Committed slots that are not yet released.
    long lag();

    /// Whether the stream was closed and everything before its end was released.
    boolean ended();
}
