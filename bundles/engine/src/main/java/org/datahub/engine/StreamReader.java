package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// Layer 0 of the stream discipline, a consumer's side.
///
/// A lossless consumer reads in place, once the producer has acknowledged its row; until then, and an observer always, it
/// takes a copy and keeps it only if the stamp is still the slot's afterwards. Overrun is decided in one order everywhere:
/// `head` first, then the stamp.
final class StreamReader implements SlotReader {
    private final MemorySegment state;
    private final MemorySegment control;
    private final MemorySegment data;
    private final Geometry geometry;
    private final Arena arena;
    private final Ringer ringer;
    private final long cursor;
    private final boolean lossless;
    private final long epoch;
    private final long cells;
    private final long stride;
    private final long firstCell;
    private final long endCell;

    private MemorySegment copy;
    private boolean acknowledged;
    private long next;
    private long cell;
    private boolean inPlace;
    private long gapFrom;
    private long gapTo;

    /// Reads from `start`. `row` is the caller's, active since join epoch `epoch` if `lossless`. Copies live in `arena`.
    StreamReader(Block block, Arena arena, Ringer ringer, int row, boolean lossless, long epoch, long start) {
        this.state = block.state;
        this.control = block.control;
        this.data = block.data;
        this.geometry = block.geometry;
        this.arena = arena;
        this.ringer = ringer;
        this.cursor = ControlLayout.row(row) + RowLayout.CURSOR;
        this.lossless = lossless;
        this.epoch = epoch;
        this.cells = geometry.cells();
        this.stride = geometry.stride();
        this.firstCell = geometry.cell(0);
        this.endCell = geometry.cell(cells);
        this.next = start;
        this.cell = geometry.cellOf(start);
    }

    /// The oldest slot that must be intact, seen from the next one.
    static long oldest(long newest, Geometry geometry) {
        return Math.max(0, newest - geometry.slots());
    }

    @Override
    public Look look() {
        if (lossless && !acknowledged && !acknowledge()) return Look.GAP;
        long stamp = SlotHeader.stamp(data, cell);
        if (stamp == next + 1) return acknowledged ? held(true) : takeCopy();
        if (stamp == next + 1 - cells) return Look.NOTHING;
        return question();
    }

    private Look held(boolean here) {
        inPlace = here;
        return Look.SLOT;
    }

    /// Becomes protected where the producer has seen this row. False: the next slot was overwritten meanwhile.
    private boolean acknowledge() {
        if (Words.acquire(state, StateLayout.ACK_EPOCH) < epoch) return true;
        long head = Words.acquire(data, DataLayout.HEAD);
        long stamp = SlotHeader.stamp(data, cell);
        if (stamp != next + 1 && (head > next || stamp > next + 1)) {
            // The producer waits at our old cursor by now, so everything from the oldest slot on stays.
            jump(oldest(StreamWriter.newest(data, geometry), geometry));
            return false;
        }
        acknowledged = true;
        return true;
    }

    private Look takeCopy() {
        if (copy == null) copy = arena.allocate(geometry.stride(), SlotHeader.BYTES);
        long length = SlotHeader.length(SlotHeader.description(data, cell));
        length = Math.min(length, geometry.slotBytes()); // torn or spoilt: the stamp, then the verification, will tell
        Words.copy(data, cell, copy, 0, SlotHeader.BYTES + length);
        long tag = SlotHeader.BYTES + geometry.tagOffset();
        Words.copy(data, cell + tag, copy, tag, SlotHeader.TAG_BYTES);
        return SlotHeader.still(data, cell, next) ? held(false) : question();
    }

    /// Neither the slot nor its predecessor in the cell: overwritten, or not yet written.
    private Look question() {
        long head = Words.acquire(data, DataLayout.HEAD);
        long stamp = SlotHeader.stamp(data, cell);
        if (stamp == next + 1) return acknowledged ? held(true) : takeCopy();
        if (head <= next && stamp <= next + 1) return Look.NOTHING;
        long newest = StreamWriter.newest(data, geometry);
        jump(lossless ? oldest(newest, geometry) : newest - geometry.slots() / 2);
        return Look.GAP;
    }

    private void jump(long to) {
        gapFrom = next;
        gapTo = Math.max(next + 1, to);
        moveTo(gapTo);
    }

    private void moveTo(long n) {
        next = n;
        cell = geometry.cellOf(n);
        if (lossless) letGo();
    }

    private void letGo() {
        Words.release(control, cursor, next);
        ringer.ring();
    }

    @Override
    public long number() {
        return next;
    }

    @Override
    public MemorySegment segment() {
        return inPlace ? data : copy;
    }

    @Override
    public long header() {
        return inPlace ? cell : 0;
    }

    @Override
    public boolean intact() {
        return !inPlace || SlotHeader.still(data, cell, next);
    }

    @Override
    public boolean release() {
        boolean proven = intact();
        if (!proven) {
            gapFrom = next;
            gapTo = next + 1;
        }
        next++;
        cell += stride;
        if (cell == endCell) cell = firstCell;
        if (lossless) letGo();
        return proven;
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
    public long superseded() {
        return 0;
    }

    @Override
    public long lag() {
        return Math.max(0, StreamWriter.newest(data, geometry) - next);
    }

    @Override
    public boolean ended() {
        return Words.acquire(state, StateLayout.END) == next + 1;
    }
}
