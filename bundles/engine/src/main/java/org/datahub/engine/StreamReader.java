package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.datahub.api.Delivery;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// Layer 0 of the stream discipline, a consumer's side.
///
/// A lossless consumer reads in place, once the producer has acknowledged its row; until then, and
/// an observer always, it
/// takes a copy and keeps it only if the stamp is still the slot's afterwards. Overrun is decided
/// in one order everywhere:
/// `head` first, then the stamp.
final class StreamReader implements SlotReader {
    private final MemorySegment state;
    private final MemorySegment control;
    private final Ringer ringer;
    private final Rows rows;
    private final int row;
    private final long cursor;
    private final boolean lossless;
    private final boolean copyFirst;
    private final Arena arena;
    private final Succession succession;

    // Of the generation that is read.
    private Generation generation;
    private MemorySegment data;
    private Geometry geometry;
    private long cells;
    private long stride;
    private long firstCell;
    private long endCell;

    private MemorySegment copy;
    private MemorySegment shown; // the copy, read-only
    private boolean acknowledged; // in the generation that is read
    private boolean known; // this join was acknowledged, here or in a generation before: a flag is its own
    private boolean loose; // let go, and not acknowledged since: what is lost meanwhile is lost by that
    private long epoch;
    private boolean evicted;
    private long superseded;
    private long joins = 1;
    private long next;
    private long cell;
    private boolean inPlace;
    private int count;
    private long gapFrom;
    private long gapTo;

    /// Reads from `start`. `row` is the caller's, active since join epoch `epoch` if `lossless`.
    /// Copies live in `arena`; with `copyFirst` every slot is one.
    StreamReader(
            Block block,
            Arena arena,
            Succession succession,
            Ringer ringer,
            Rows rows,
            int row,
            boolean lossless,
            boolean copyFirst,
            long epoch,
            long start) {
        this.state = block.state;
        this.control = block.control;
        this.arena = arena;
        this.succession = succession;
        this.ringer = ringer;
        this.rows = rows;
        this.row = row;
        this.cursor = ControlLayout.row(row) + RowLayout.CURSOR;
        this.lossless = lossless;
        this.copyFirst = copyFirst;
        this.epoch = epoch;
        this.next = start;
        use(succession.current());
    }

    private void use(Generation read) {
        generation = read;
        data = read.data();
        geometry = read.geometry();
        cells = geometry.cells();
        stride = geometry.stride();
        firstCell = geometry.cell(0);
        endCell = geometry.cell(cells);
        cell = geometry.cellOf(next);
    }

    @Override
    public Look look(int most) {
        if (lossless && !acknowledged && !acknowledge()) return Look.GAP;
        long stamp = SlotHeader.stamp(data, cell);
        if (stamp == next + 1) return take(most);
        // 0 tells nothing, also where it is what a cell held before the first round.
        if (stamp == next + 1 - cells && stamp != 0) return notYet();
        return question(most);
    }

    @Override
    public Look glance(int most, int times) {
        for (int glance = 0; glance < times; glance++) {
            Thread.onSpinWait();
            if (SlotHeader.stamp(data, cell) == next + 1) return acknowledged ? take(most) : look(most);
        }
        return Look.NOTHING;
    }

    /// Nothing was lost so far; a consumer that was let go is protected again from here on.
    private Look notYet() {
        if (letGo()) rejoin(next);
        return succession.changed() && next >= succession.boundary() ? followed() : Look.NOTHING;
    }

    /// The next slot is not in this generation, unless it came before that was known.
    private Look followed() {
        if (SlotHeader.stamp(data, cell) == next + 1) return take(1);
        synchronized (succession) {
            Generation behind = succession.follow();
            if (behind == null) {
                if (succession.refuses()) succession.leave();
                return Look.NOTHING;
            }
            long first = behind.first();
            if (first > next) return tooLate(first);
            enter(first);
            return look(1);
        }
    }

    /// What stood between is gone. An observer can come too late, and who was let go; whoever else is
    /// protected could not follow when the stream went on.
    private Look tooLate(long first) {
        boolean letGo = letGo();
        if (acknowledged && !letGo && succession.leave()) return Look.NOTHING;
        tellGap(first);
        enter(first);
        if (letGo) rejoin(next);
        return Look.GAP;
    }

    /// Goes on in the generation that was found, not before slot `least`.
    private void enter(long least) {
        if (least > next) moveTo(least);
        long anew = succession.enter();
        use(succession.current());
        if (anew == 0) return;
        epoch = anew;
        acknowledged = false;
    }

    /// Whether the producer let this join go. A flag seen before its first acknowledgement may still
    /// be that of an earlier one.
    private boolean letGo() {
        if (!known || !Stall.evicted(state, row)) return false;
        loose = true;
        return true;
    }

    private void tellGap(long to) {
        evicted = loose;
        gapFrom = next;
        gapTo = to;
    }

    /// Leaves and joins at slot n: a cursor never goes back while its row counts.
    private void rejoin(long n) {
        rows.clean(row);
        epoch = rows.activate(row, Delivery.LOSSLESS, n);
        acknowledged = false;
        known = false;
        joins++;
        ringer.ring();
    }

    /// The slot is there: in place where nobody can overwrite it and nobody need be feared.
    private Look take(int most) {
        return acknowledged && !copyFirst ? inPlace(most) : takeCopy();
    }

    private Look inPlace(int most) {
        inPlace = true;
        count = 1;
        while (count < most && SlotHeader.stamp(data, cell(count)) == next + 1 + count) count++;
        return Look.SLOT;
    }

    private long cell(int index) {
        if (index == 0) return cell;
        long at = cell + index * stride;
        return at < endCell ? at : at - (endCell - firstCell);
    }

    /// Becomes protected where the producer has seen this row. False: the next slot was overwritten
    /// meanwhile.
    private boolean acknowledge() {
        if (Words.acquire(state, StateLayout.ACK_EPOCH) < epoch) return true;
        known = true; // a flag of an earlier join is gone with the acknowledgement
        if (letGo()) {
            rejoin(next); // before it was protected
            return true;
        }
        long boundary = succession.boundary(); // loaded after the acknowledgement
        if (boundary != Succession.RETIRED && lost(generation, next)) {
            // The producer waits at our old cursor by now, so everything from the oldest slot on stays.
            jump(generation.oldest(generation.newest()));
            return false;
        }
        if (boundary != Succession.NEVER) return acknowledgeBehind(boundary);
        protect();
        return true;
    }

    private void protect() {
        acknowledged = true;
        loose = false;
    }

    /// The same where this generation is cut: the slot behind the cut may have been overwritten before
    /// the producer saw this row, too.
    private boolean acknowledgeBehind(long boundary) {
        synchronized (succession) {
            Generation behind = succession.follow();
            if (behind == null) return true; // the next look finds what there is then
            if (next < boundary && !lost(behind, boundary)) {
                protect();
                return true;
            }
            long least = behind.first();
            if (next < boundary) least = Math.max(boundary, behind.oldest(behind.newest()));
            boolean gap = least > next;
            if (gap) tellGap(least);
            enter(least); // becomes protected there
            return !gap;
        }
    }

    /// Whether slot n was overwritten already.
    private static boolean lost(Generation in, long n) {
        long head = Words.acquire(in.data(), DataLayout.HEAD);
        long stamp = SlotHeader.stamp(in.data(), in.geometry().cellOf(n));
        return stamp != n + 1 && (head > n || stamp > n + 1);
    }

    private Look takeCopy() {
        if (copy == null || copy.byteSize() < geometry.stride()) {
            copy = arena.allocate(geometry.stride(), SlotHeader.BYTES);
            shown = copy.asReadOnly();
        }
        long length = SlotHeader.length(SlotHeader.description(data, cell));
        length = Math.min(length, geometry.slotBytes()); // torn or spoilt: the stamp, then the verification, will tell
        Words.copy(data, cell, copy, 0, SlotHeader.BYTES + length);
        long tag = SlotHeader.BYTES + geometry.tagOffset();
        Words.copy(data, cell + tag, copy, tag, SlotHeader.TAG_BYTES);
        if (!SlotHeader.still(data, cell, next)) return question(1);
        inPlace = false;
        count = 1;
        return Look.SLOT;
    }

    /// Neither the slot nor its predecessor in the cell: overwritten, or not yet written.
    private Look question(int most) {
        long head = Words.acquire(data, DataLayout.HEAD);
        long stamp = SlotHeader.stamp(data, cell);
        if (stamp == next + 1) return take(most);
        if (head <= next && stamp <= next + 1) return notYet();
        boolean letGo = letGo();
        long newest = generation.newest();
        jump(lossless ? generation.oldest(newest) : Math.max(generation.first(), newest - geometry.slots() / 2));
        if (letGo) rejoin(next);
        return Look.GAP;
    }

    private void jump(long to) {
        tellGap(Math.max(next + 1, to));
        moveTo(gapTo);
    }

    private void moveTo(long n) {
        next = n;
        cell = geometry.cellOf(n);
        if (lossless) passOn();
    }

    /// Gives what stands before `next` back to the producer.
    private void passOn() {
        Words.release(control, cursor, next);
        ringer.ring();
    }

    @Override
    public long number() {
        return next;
    }

    @Override
    public MemorySegment segment() {
        return inPlace ? data : shown;
    }

    @Override
    public boolean inPlace() {
        return inPlace;
    }

    @Override
    public long joins() {
        return joins;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public void shorten(int first) {
        count = first;
    }

    @Override
    public long header(int index) {
        return inPlace ? cell(index) : 0;
    }

    @Override
    public boolean intact() {
        return !inPlace || firstLost() == count;
    }

    @Override
    public boolean stands() {
        return succession.boundary() != Succession.RETIRED && next >= generation.oldest(generation.newest());
    }

    /// The first held slot whose stamp is another by now; `count` where none is.
    private int firstLost() {
        Words.acquireFence();
        for (int index = 0; index < count; index++) {
            if (SlotHeader.stamp(data, cell(index)) != next + 1 + index) return index;
        }
        return count;
    }

    @Override
    public boolean release() {
        if (count == 1 && (!inPlace || SlotHeader.still(data, cell, next))) {
            next++;
            cell += stride;
            if (cell == endCell) cell = firstCell;
            if (lossless) passOn();
            return true;
        }
        return pass(inPlace ? firstLost() : count);
    }

    @Override
    public Look lose() {
        pass(0);
        return Look.GAP;
    }

    /// Steps behind what is held, of which the first `proven` are intact.
    private boolean pass(int proven) {
        evicted = proven < count && (loose || known && Stall.evicted(state, row));
        gapFrom = next + proven;
        gapTo = next + count;
        cell = cell(count);
        next += count;
        if (lossless) passOn();
        return proven == count;
    }

    @Override
    public void putBack() {
        // Nothing was stored for it: the cursor still protects it, or nothing does.
    }

    @Override
    public long gapFrom() {
        return gapFrom;
    }

    @Override
    public long gapTo() {
        return gapTo;
    }

    @Override
    public boolean evicted() {
        return evicted;
    }

    @Override
    public void seek(long n) {
        next = n;
        cell = geometry.cellOf(n);
        loose = false;
        if (lossless) rejoin(n);
    }

    @Override
    public void skipToNewest() {
        long newest = newest() - 1;
        if (newest <= next) return;
        superseded += newest - next;
        moveTo(newest);
    }

    /// What was read and released is there, also where `head` lags and its cell was written again.
    @Override
    public long newest() {
        return Math.max(next, committed());
    }

    /// The next slot number, seen from any thread.
    private long committed() {
        return Math.max(succession.ask(Generation::newest), committedBehind());
    }

    /// The same in the generation behind, while this one is read to its end.
    private long committedBehind() {
        if (succession.boundary() == Succession.NEVER) return 0;
        synchronized (succession) {
            Generation behind = succession.follow();
            return behind == null ? 0 : behind.newest();
        }
    }

    @Override
    public long oldest() {
        return generation.oldest(newest());
    }

    @Override
    public long timestampOf(long n) {
        if (n < succession.boundary()) return timestampIn(generation, n);
        synchronized (succession) {
            Generation behind = succession.follow();
            return behind == null ? -1 : timestampIn(behind, n);
        }
    }

    private static long timestampIn(Generation read, long n) {
        long at = read.geometry().cellOf(n);
        if (SlotHeader.stamp(read.data(), at) != n + 1) return -1;
        long time = SlotHeader.timestamp(read.data(), at);
        return SlotHeader.still(read.data(), at, n) ? time : -1;
    }

    @Override
    public long superseded() {
        return superseded;
    }

    @Override
    public long lag() {
        return Math.max(0, committed() - next);
    }

    @Override
    public boolean ended() {
        return succession.left() || Words.acquire(state, StateLayout.END) == next + 1;
    }
}
