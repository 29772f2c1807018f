package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// Layer 0 of the state discipline, the producer's side: as many buffers as pins can name, and two
/// more, so that one is
/// always free and the producer never waits; the store of `latest` is the commit.
final class StateWriter implements SlotWriter {
    private final Block block;
    private final MemorySegment state;
    private final MemorySegment control;
    private final Ringer ringer;

    // Of the generation that is written.
    private Generation generation;
    private MemorySegment data;
    private Geometry geometry;
    private int buffers;
    private long secondLine;
    private boolean[] marked; // by buffer: a pin names it
    private long former; // the generation that was cut and still stands; 0 where there is none

    private long next;
    private int newest;
    private int candidate;
    private long cell;
    private final long first;

    /// Takes the block over: what `latest` names is the newest slot, and a stamp beyond it was
    /// never committed.
    StateWriter(Block block, Ringer ringer) {
        this.block = block;
        this.state = block.state;
        this.control = block.control;
        this.ringer = ringer;
        use(block.generation);
        GenerationTable table = new GenerationTable(state);
        int entry = table.former(generation.number());
        if (entry != GenerationTable.NONE) former = table.number(entry);
        long latest = Words.acquire(data, DataLayout.LATEST);
        next = DataLayout.slotOf(latest) + 1;
        first = next;
        newest = next == 0 ? -1 : DataLayout.bufferOf(latest);
        if (newest >= buffers) throw Block.invalid("the data segment is damaged: latest.buffer=" + newest, null);
        candidate = Math.max(newest, 0);
        for (int buffer = 0; buffer < buffers; buffer++) {
            long at = geometry.cell(buffer);
            long stamp = SlotHeader.stamp(data, at);
            if (stamp > next || stamp < 0) SlotHeader.empty(data, at);
        }
        acknowledge();
    }

    private void use(Generation written) {
        generation = written;
        data = written.data();
        geometry = written.geometry();
        buffers = (int) geometry.cells();
        secondLine = geometry.secondLine();
        marked = new boolean[buffers];
    }

    /// The newest slot goes along: whoever reads the next generation finds a value from the first moment
    /// on. Its tag stays good, since it covers nothing that changes.
    @Override
    public void cutTo(Generation following) {
        if (next > 0) {
            copyNewest(following);
            Words.release(following.data(), DataLayout.LATEST, DataLayout.latest(next - 1, 0));
        }
        long entry = StateLayout.generation(generation.entry());
        Words.release(state, entry + GenerationEntry.CUT, next + 1); // the one switch point
        former = generation.number();
        use(following);
        newest = next == 0 ? -1 : 0;
        candidate = 0;
        acknowledge();
    }

    private void copyNewest(Generation following) {
        MemorySegment to = following.data();
        long from = geometry.cell(newest);
        long at = following.geometry().cell(0);
        long bytes = SlotHeader.length(SlotHeader.description(data, from));
        Words.copy(data, from, to, at, SlotHeader.BYTES + bytes);
        Words.copy(
                data,
                from + SlotHeader.BYTES + geometry.tagOffset(),
                to,
                at + SlotHeader.BYTES + following.geometry().tagOffset(),
                SlotHeader.TAG_BYTES);
    }

    @Override
    public boolean fits(long slotBytes) {
        return next == 0 || SlotHeader.length(SlotHeader.description(data, geometry.cell(newest))) <= slotBytes;
    }

    @Override
    public long former() {
        return former;
    }

    @Override
    public boolean leftBehind(int row) {
        return false; // nobody gates
    }

    @Override
    public long untilRetirement() {
        return 0;
    }

    /// Whoever still reads the former generation keeps its mapping.
    @Override
    public boolean mayRetire() {
        return former != 0;
    }

    @Override
    public boolean retirementDue() {
        return former != 0;
    }

    @Override
    public void retired() {
        former = 0;
    }

    private void acknowledge() {
        Words.release(state, StateLayout.ACK_EPOCH, Words.acquire(control, ControlLayout.JOIN_EPOCH));
    }

    @Override
    public boolean claim() {
        if (next >= DataLayout.STATE_SLOTS) {
            throw new DataHubException(
                    ErrorCode.SLOT_NUMBERS_EXHAUSTED,
                    "no slot numbers left: block=" + block.name + ", slot=" + next,
                    "make the block anew");
        }
        // Against the reader's store of its pin and load of `latest`: one of the two sees the other.
        Words.fullFence();
        cell = geometry.cell(choose());
        SlotHeader.empty(data, cell);
        if (secondLine != 0) Words.plain(data, cell + secondLine, 0L);
        return true;
    }

    @Override
    public int claim(int count) {
        return claim() ? 1 : 0;
    }

    /// The buffer that was used longest ago and that neither `latest` nor a pin names: a copying
    /// reader has time.
    private int choose() {
        advance();
        if (!pinned(candidate)) return candidate;
        // A pin may move while candidates are tried one by one, and so hold each of them. Loaded once each, pins name
        // fewer buffers than there are.
        mark();
        while (marked[candidate]) advance();
        return candidate;
    }

    private void advance() {
        do candidate = candidate + 1 == buffers ? 0 : candidate + 1;
        while (candidate == newest);
    }

    private void mark() {
        Arrays.fill(marked, false);
        for (int row = 0; row < geometry.rows(); row++) {
            long pins = ControlLayout.row(row) + RowLayout.PINS;
            for (int pin = 0; pin < geometry.pins(); pin++) {
                long named = Words.acquire(control, pins + 8L * pin);
                if (named > 0 && named <= buffers) marked[(int) named - 1] = true;
            }
        }
    }

    private boolean pinned(int buffer) {
        for (int row = 0; row < geometry.rows(); row++) {
            long pins = ControlLayout.row(row) + RowLayout.PINS;
            for (int pin = 0; pin < geometry.pins(); pin++) {
                if (Words.acquire(control, pins + 8L * pin) == buffer + 1L) return true;
            }
        }
        return false;
    }

    @Override
    public MemorySegment data() {
        return data;
    }

    @Override
    public long cell() {
        return cell;
    }

    @Override
    public long cell(int index) {
        return cell; // a state block has batches of one
    }

    @Override
    public void commit(int count) {
        commit();
    }

    @Override
    public void commit() {
        SlotHeader.commit(data, cell, next);
        newest = candidate;
        Words.release(data, DataLayout.LATEST, DataLayout.latest(next, newest));
        next++;
        ringer.ring();
    }

    @Override
    public void abort() {
        // `latest` names another buffer: there is nothing to undo. The next write takes this one again.
        candidate = candidate == 0 ? buffers - 1 : candidate - 1;
    }

    @Override
    public void publish() {
        // `latest` is exact at each commit.
    }

    @Override
    public long next() {
        return next;
    }

    @Override
    public boolean opens() {
        return true;
    }

    @Override
    public long room() {
        return Long.MAX_VALUE;
    }

    @Override
    public boolean free(boolean reclaim) {
        return true;
    }

    @Override
    public void beginWait() {
        // There is no gate.
    }

    @Override
    public String stalled() {
        return null;
    }

    @Override
    public boolean evict(int row, long join) {
        return false; // nobody gates
    }

    @Override
    public boolean drained() {
        return true;
    }

    @Override
    public long unseen() {
        return next - first; // nobody is lossless here
    }
}
