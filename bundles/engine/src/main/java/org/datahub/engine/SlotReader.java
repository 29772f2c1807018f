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

    /// Looks once for the next slot, and for up to `most` in a row; none is held.
    Look look(int most);

    /// Looks again a few times with one load each, and a pause between; finds slots only, neither a
    /// gap nor the end.
    Look glance(int most, int times);

    /// Looks once for the next slot.
    default Look look() {
        return look(1);
    }

    /// Offset of the header of the first held slot.
    default long header() {
        return header(0);
    }

    /// Slots that are held: one, or a batch in place.
    int count();

    /// Whether what is held stands in the data segment, not in a copy.
    boolean inPlace();

    /// Joins of this reader, the first included.
    long joins();

    /// Holds only the first `count` of them.
    void shorten(int count);

    /// The first slot held, or the one wanted next.
    long number();

    /// The memory of the held slot: the data segment, or a private copy that was proven.
    MemorySegment segment();

    /// Offset of the header of held slot `index` in [#segment].
    long header(int index);

    /// Whether all that is held is still what it was.
    boolean intact();

    /// Whether the first slot held is one that must be there still: one of the newest, whose key
    /// epoch can't be over. A copy, or a cell that nobody needed since, outlives that.
    boolean stands();

    /// Lets the held slots go and steps behind them. False if not all can be proven intact to the
    /// end; then the last gap
    /// covers those that can't.
    boolean release();

    /// Lets the one held slot go, which is lost. What comes in its place: a gap; of a state block the
    /// value that replaced it, if that is here.
    Look lose();

    /// Lets the held slot go without stepping behind it: the next look finds it again.
    void putBack();

    /// First slot of the last gap.
    long gapFrom();

    /// First slot behind it.
    long gapTo();

    /// Whether the last gap came because this consumer was let go.
    boolean evicted();

    /// Goes to slot n, at most the next one.
    void seek(long n);

    /// Passes over everything but the newest slot.
    void skipToNewest();

    /// The next slot number, and the oldest that is intact, as of now.
    long newest();

    /// The oldest slot that is intact, as of now.
    long oldest();

    /// The time stamp of slot n; -1 where it is not intact.
    long timestampOf(long n);

    /// Slots passed over that a gap does not report: on a state block, those replaced before the
    /// look.
    long superseded();

    /// Committed slots that are not yet released.
    long lag();

    /// Whether the stream was closed and everything before its end was released.
    boolean ended();
}
