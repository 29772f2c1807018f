package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// Layer 0 of the state discipline, a consumer's side: the newest slot, in place by a pin or as a
/// copy.
final class StateReader implements SlotReader {
    private static final long NONE = -1;
    private static final int TRIES = 16; // a look ends, however fast the producer is

    private final MemorySegment state;
    private final MemorySegment control;
    private final Arena arena;
    private final Succession succession;
    private final boolean pinning;
    private final long pin;

    // Of the generation that is read.
    private Generation generation;
    private MemorySegment data;
    private Geometry geometry;

    private MemorySegment copy;
    private MemorySegment shown; // the copy, read-only
    private long last = NONE;
    private long current = NONE;
    private long cell;
    private long gapFrom;
    private long superseded;

    /// Pins in row `row` if `pinning`, else copies into memory of `arena`.
    StateReader(Block block, Arena arena, Succession succession, int row, boolean pinning) {
        this.state = block.state;
        this.control = block.control;
        this.arena = arena;
        this.succession = succession;
        this.pinning = pinning;
        this.pin = ControlLayout.row(row) + RowLayout.PINS;
        use(succession.current());
    }

    private void use(Generation read) {
        generation = read;
        data = read.data();
        geometry = read.geometry();
    }

    /// A cut generation gets no new value; the one behind it began with the newest.
    private void follow() {
        synchronized (succession) {
            while (succession.boundary() != Succession.NEVER && succession.follow() != null) {
                succession.enter();
                use(succession.current());
            }
            if (succession.boundary() != Succession.NEVER && succession.refuses()) succession.leave();
        }
    }

    /// The next slot number.
    static long newest(MemorySegment data) {
        return DataLayout.slotOf(Words.acquire(data, DataLayout.LATEST)) + 1;
    }

    @Override
    public Look look(int most) {
        if (succession.changed()) follow();
        for (int tried = 0; tried < TRIES; tried++) {
            long latest = Words.acquire(data, DataLayout.LATEST);
            long n = DataLayout.slotOf(latest);
            int buffer = DataLayout.bufferOf(latest);
            if (n <= last || buffer >= geometry.cells()) return Look.NOTHING;
            cell = geometry.cell(buffer);
            if (pinning ? takePin(latest, buffer, n) : takeCopy(n)) return held(n);
        }
        return Look.NOTHING;
    }

    @Override
    public Look glance(int most, int times) {
        for (int glance = 0; glance < times; glance++) {
            Thread.onSpinWait();
            if (DataLayout.slotOf(Words.acquire(data, DataLayout.LATEST)) > last) return look(most);
        }
        return Look.NOTHING;
    }

    private Look held(long n) {
        current = n;
        superseded += passedOver();
        return Look.SLOT;
    }

    /// Slots between the last one and the one that is held.
    private long passedOver() {
        return last == NONE ? 0 : current - last - 1;
    }

    private boolean takePin(long latest, int buffer, long n) {
        Words.release(control, pin, buffer + 1L);
        Words.fullFence();
        if (Words.acquire(data, DataLayout.LATEST) == latest && SlotHeader.stamp(data, cell) == n + 1) return true;
        Words.release(control, pin, 0);
        return false;
    }

    private boolean takeCopy(long n) {
        if (copy == null || copy.byteSize() < geometry.stride()) {
            copy = arena.allocate(geometry.stride(), SlotHeader.BYTES);
            shown = copy.asReadOnly();
        }
        if (SlotHeader.stamp(data, cell) != n + 1) return false;
        long length = SlotHeader.length(SlotHeader.description(data, cell));
        length = Math.min(length, geometry.slotBytes());
        Words.copy(data, cell, copy, 0, SlotHeader.BYTES + length);
        long tag = SlotHeader.BYTES + geometry.tagOffset();
        Words.copy(data, cell + tag, copy, tag, SlotHeader.TAG_BYTES);
        return SlotHeader.still(data, cell, n);
    }

    @Override
    public long number() {
        return current != NONE ? current : last + 1;
    }

    @Override
    public MemorySegment segment() {
        return pinning ? data : shown;
    }

    @Override
    public boolean inPlace() {
        return pinning;
    }

    @Override
    public long joins() {
        return 1;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public void shorten(int count) {
        // There is never more than one.
    }

    @Override
    public long header(int index) {
        return pinning ? cell : 0;
    }

    @Override
    public boolean intact() {
        return !pinning || SlotHeader.still(data, cell, current);
    }

    @Override
    public boolean stands() {
        return succession.boundary() == Succession.NEVER && newest(data) == current + 1;
    }

    @Override
    public boolean release() {
        boolean proven = intact();
        if (pinning) Words.release(control, pin, 0);
        gapFrom = current;
        last = current;
        current = NONE;
        return proven;
    }

    @Override
    public Look lose() {
        long lost = current;
        putBack();
        // In a generation that was left nothing replaces it; the next look follows, or the stream has ended.
        return newest() - 1 > lost ? look() : Look.NOTHING;
    }

    @Override
    public void putBack() {
        if (pinning) Words.release(control, pin, 0);
        superseded -= passedOver();
        current = NONE;
    }

    @Override
    public long gapFrom() {
        return gapFrom;
    }

    @Override
    public long gapTo() {
        return gapFrom + 1;
    }

    @Override
    public boolean evicted() {
        return false;
    }

    @Override
    public void seek(long n) {
        last = Math.max(NONE, n - 1);
    }

    @Override
    public void skipToNewest() {
        // Every look finds the newest.
    }

    @Override
    public long newest() {
        return succession.ask(read -> newest(read.data()));
    }

    @Override
    public long oldest() {
        return Math.max(0, newest() - 1);
    }

    @Override
    public long timestampOf(long n) {
        long latest = Words.acquire(data, DataLayout.LATEST);
        int buffer = DataLayout.bufferOf(latest);
        if (DataLayout.slotOf(latest) != n || buffer >= geometry.cells()) return -1;
        long at = geometry.cell(buffer);
        long time = SlotHeader.timestamp(data, at);
        return SlotHeader.still(data, at, n) ? time : -1;
    }

    @Override
    public long superseded() {
        return superseded;
    }

    @Override
    public long lag() {
        return Math.max(0, newest() - 1 - last);
    }

    @Override
    public boolean ended() {
        return succession.left() || Words.acquire(state, StateLayout.END) == last + 2;
    }
}
