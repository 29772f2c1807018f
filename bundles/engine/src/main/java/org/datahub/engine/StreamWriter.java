package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.ProducerCounters;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Kernel;

/// Layer 0 of the stream discipline, the producer's side: slot n lives in cell n mod (K + B), so
/// what is being written
/// never lies on one of the K newest; the store of its stamp is the commit. docs/protocols.md tells
/// why each step stands
/// where it stands.
final class StreamWriter implements SlotWriter {
    private static final long FREE = Long.MAX_VALUE;
    private static final long MOST_LAG = 16;
    private static final long FENCED_BYTES = 1 << 20;

    private final MemorySegment state;
    private final MemorySegment control;
    private final Rows rows;
    private final Ringer ringer;
    private final Kernel kernel;
    private final Stall stall;
    private final Tally tally;
    private final boolean requireConsumer;
    private final boolean[] gated;
    private final int[] lossless; // those that gated at the last look at all rows
    private int losslessRows;

    // Of the generation that is written.
    private Generation generation;
    private MemorySegment data;
    private long slots;
    private long stride;
    private long firstCell;
    private long endCell;
    private long lag;
    private boolean fenced;
    private long secondLine;
    private long former; // the generation that was cut and still stands; 0 where there is none
    private long cut; // its first slot that it does not hold; 0 without it

    private long next;
    private long cell;
    private long limit;
    private long epoch;
    private long published;
    private long ungatedFrom;
    private long furthest; // the greatest cursor of those that gate or gated last
    private long unseen;

    /// Takes the block over: finds the head, clears what a dead producer left behind it, scans the
    /// rows and acknowledges.
    /// Each step can be done again by the next takeover.
    StreamWriter(Block block, Rows rows, Ringer ringer, Stall stall, boolean requireConsumer, Tally tally) {
        this.state = block.state;
        this.control = block.control;
        this.rows = rows;
        this.ringer = ringer;
        this.kernel = block.kernel;
        this.stall = stall;
        this.tally = tally;
        this.requireConsumer = requireConsumer;
        this.gated = new boolean[rows.count()];
        this.lossless = new int[rows.count()];
        next = newest(block.data, block.geometry);
        use(block.generation);
        clearBeyond(block.geometry);
        findFormer();
        ungatedFrom = next;
        publish();
        scanAll(Words.acquire(control, ControlLayout.JOIN_EPOCH));
    }

    private void use(Generation written) {
        Geometry geometry = written.geometry();
        generation = written;
        data = written.data();
        slots = geometry.slots();
        stride = geometry.stride();
        firstCell = geometry.cell(0);
        endCell = geometry.cell(geometry.cells());
        lag = lag(slots);
        fenced = geometry.slotBytes() >= FENCED_BYTES;
        secondLine = geometry.secondLine();
        cell = geometry.cellOf(next);
    }

    /// A predecessor cut over to this generation and had not yet retired the one before.
    private void findFormer() {
        GenerationTable table = new GenerationTable(state);
        int entry = table.former(generation.number());
        if (entry == GenerationTable.NONE) return;
        former = table.number(entry);
        cut = table.cut(entry) - 1;
    }

    @Override
    public void cutTo(Generation following) {
        publish();
        Words.release(following.data(), DataLayout.FIRST, next);
        Words.release(following.data(), DataLayout.HEAD, next);
        long entry = StateLayout.generation(generation.entry());
        Words.release(state, entry + GenerationEntry.CUT, next + 1); // the one switch point
        former = generation.number();
        cut = next;
        use(following);
        published = next;
        scanAll(Words.acquire(control, ControlLayout.JOIN_EPOCH)); // no limit of the old K survives
    }

    @Override
    public boolean fits(long slotBytes) {
        return true; // slots stay where they are
    }

    @Override
    public long former() {
        return former;
    }

    @Override
    public long untilRetirement() {
        return Math.max(0, cut + slots - next);
    }

    /// A dead row that holds the former generation up is reclaimed like one that gates.
    @Override
    public boolean mayRetire() {
        if (former == 0 || next < cut + slots) return false;
        boolean may = true;
        for (int row = 0; row < rows.count(); row++) {
            if (!holdsFormer(row)) continue;
            if (rows.reclaim(row)) tally.add(ProducerCounters.RECLAIMS, 1);
            else may = false;
        }
        return may;
    }

    @Override
    public boolean retirementDue() {
        if (former == 0 || untilRetirement() > 0) return false;
        for (int row = 0; row < rows.count(); row++) {
            if (readsFormer(row) && !Stall.evicted(state, row) && rows.alive(row)) return false;
        }
        return true;
    }

    @Override
    public void retired() {
        former = 0;
        cut = 0;
    }

    private boolean holdsFormer(int row) {
        return readsFormer(row) && !stall.ignored(row, true);
    }

    private boolean readsFormer(int row) {
        return rows.lossless(row) && rows.entered(row) < generation.number() && !leftBehind(row);
    }

    @Override
    public boolean leftBehind(int row) {
        long refused = Words.acquire(control, ControlLayout.row(row) + RowLayout.GENERATION_REFUSED);
        if (refused == 0) return false;
        return refused == generation.number() || rows.entered(row) < (former == 0 ? generation.number() : former);
    }

    /// The slot that the row's gate counts from: what a former generation holds stays there.
    private long heldFrom(long cursor) {
        return Math.max(cut, cursor);
    }

    /// The most slots that `head` is behind, the one that is being committed included.
    static long lag(long slots) {
        return slots < 4 ? 1 : Math.min(slots / 4, MOST_LAG);
    }

    /// The next slot number: `head` is a lower bound, the stamps behind it tell the rest. A reader
    /// may call it too; then it
    /// is a number that was right at one moment.
    static long newest(MemorySegment data, Geometry geometry) {
        long n = Words.acquire(data, DataLayout.HEAD);
        if (n < 0) throw Block.invalid("the data segment is damaged: head=" + n, null);
        for (long walked = 0; walked < geometry.cells(); walked++) {
            if (SlotHeader.stamp(data, geometry.cellOf(n)) != n + 1) break;
            n++;
        }
        // A cell that was emptied meanwhile ends a reader's walk too early; by then `head` was stored again.
        return Math.max(n, Words.acquire(data, DataLayout.HEAD));
    }

    private void clearBeyond(Geometry geometry) {
        for (long index = 0; index < geometry.cells(); index++) {
            long at = geometry.cell(index);
            long stamp = SlotHeader.stamp(data, at);
            if (stamp > next || stamp < 0) SlotHeader.empty(data, at);
        }
    }

    @Override
    public boolean claim() {
        if (next >= limit || Words.opaque(control, ControlLayout.JOIN_EPOCH) != epoch) {
            scan();
            if (next >= limit) return false;
        }
        SlotHeader.empty(data, cell);
        if (secondLine != 0) Words.plain(data, cell + secondLine, 0L);
        if (fenced) Words.fullFence(); // bulk copies may use stores that pass a store fence
        return true;
    }

    @Override
    public int claim(int count) {
        if (next + count > limit || Words.opaque(control, ControlLayout.JOIN_EPOCH) != epoch) scan();
        int granted = (int) Math.max(0, Math.min(count, limit - next));
        for (int index = 0; index < granted; index++) SlotHeader.emptyUnfenced(data, cell(index));
        Words.storeFence();
        if (secondLine != 0) {
            for (int index = 0; index < granted; index++) Words.plain(data, cell(index) + secondLine, 0L);
        }
        if (fenced) Words.fullFence();
        return granted;
    }

    /// Finds how far the gate is open now.
    private void scan() {
        long seen = Words.acquire(control, ControlLayout.JOIN_EPOCH);
        if (seen != epoch) scanAll(seen);
        else scanLossless();
    }

    /// Looks at every row, then acknowledges the joins that it has seen.
    private void scanAll(long seen) {
        tally.add(ProducerCounters.SCANS, 1);
        losslessRows = 0;
        long least = FREE;
        for (int row = 0; row < rows.count(); row++) {
            least = Math.min(least, gate(row));
            if (gated[row]) lossless[losslessRows++] = row;
        }
        open(least);
        epoch = seen;
        Words.release(state, StateLayout.ACK_EPOCH, seen);
    }

    /// Nobody has joined since the last look at all rows: only those that gated then can gate now.
    private void scanLossless() {
        long least = FREE;
        for (int index = 0; index < losslessRows; index++) least = Math.min(least, gate(lossless[index]));
        open(least);
    }

    /// The cursor of a row that gates, else [#FREE]. Rows can be spoilt by their owners: a cursor
    /// can hold the producer up, never move it past what was written.
    private long gate(int row) {
        long at = ControlLayout.row(row);
        boolean gates = Words.acquire(control, at + RowLayout.ACTIVE) == RowLayout.LOSSLESS;
        if (stall.ignored(row, gates)) gates = false;
        if (gates && leftBehind(row)) gates = false;
        if (!gates && !gated[row]) return FREE;
        long cursor = Math.max(0, Math.min(next, Words.acquire(control, at + RowLayout.CURSOR)));
        furthest = Math.max(furthest, cursor);
        gated[row] = gates;
        return gates ? heldFrom(cursor) : FREE;
    }

    private void open(long least) {
        account(least);
        if (least == FREE) limit = requireConsumer ? next : FREE;
        else limit = least + slots;
    }

    /// Keeps the count of slots that nobody gated for and nobody came for while they were there.
    private void account(long least) {
        if (least == FREE) {
            if (ungatedFrom < 0) ungatedFrom = furthest;
        } else if (ungatedFrom >= 0) {
            unseen += Math.max(0, least - ungatedFrom);
            ungatedFrom = -1;
        }
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
    public void commit() {
        long n = next;
        SlotHeader.commit(data, cell, n);
        next = n + 1;
        cell += stride;
        if (cell == endCell) cell = firstCell;
        if (next - published >= lag) publish();
        ringer.ring();
    }

    @Override
    public long cell(int index) {
        long at = cell + index * stride;
        return at < endCell ? at : at - (endCell - firstCell);
    }

    /// Stamps are stored last to first: who sees the first sees them all, and a batch that died
    /// between two stamps is cut
    /// off at its first hole by the next takeover.
    @Override
    public void commit(int count) {
        for (int index = count - 1; index >= 0; index--) SlotHeader.commit(data, cell(index), next + index);
        cell = cell(count);
        next += count;
        publish();
        ringer.ring();
    }

    @Override
    public void abort() {
        // The cell's stamp is 0 and its old slot was no longer one of the K newest: there is nothing to undo.
    }

    @Override
    public void publish() {
        Words.release(data, DataLayout.HEAD, next);
        published = next;
    }

    @Override
    public long next() {
        return next;
    }

    @Override
    public boolean free(boolean reclaim) {
        if (opens()) return true;
        if (!reclaim) return false;
        boolean changed = false;
        long now = kernel.nanos();
        for (int row = 0; row < rows.count(); row++) {
            if (gates(row)) changed |= freed(row, now);
        }
        if (changed) scan();
        return next < limit;
    }

    private boolean freed(int row, long now) {
        if (rows.reclaim(row)) tally.add(ProducerCounters.RECLAIMS, 1);
        else if (stall.gates(row, now)) tally.add(ProducerCounters.EVICTIONS, 1);
        else return false;
        return true;
    }

    @Override
    public boolean opens() {
        scan();
        return next < limit;
    }

    @Override
    public long room() {
        return limit - next;
    }

    @Override
    public void beginWait() {
        publish();
        stall.begin();
    }

    @Override
    public String stalled() {
        return stall.stalled();
    }

    private boolean gates(int row) {
        long at = ControlLayout.row(row);
        return Words.acquire(control, at + RowLayout.ACTIVE) == RowLayout.LOSSLESS
                && !stall.ignored(row, true)
                && !leftBehind(row)
                && heldFrom(Words.acquire(control, at + RowLayout.CURSOR)) + slots <= next;
    }

    @Override
    public boolean evict(int row, long join) {
        if (!rows.lossless(row) || rows.join(row) != join) return false;
        stall.letGo(row, join);
        tally.add(ProducerCounters.EVICTIONS, 1);
        return true;
    }

    @Override
    public boolean drained() {
        for (int row = 0; row < rows.count(); row++) {
            long at = ControlLayout.row(row);
            if (!rows.lossless(row) || stall.ignored(row, true) || leftBehind(row)) continue;
            if (Words.acquire(control, at + RowLayout.CURSOR) >= next) continue;
            if (!rows.reclaim(row)) return false;
        }
        return true;
    }

    @Override
    public long unseen() {
        scan();
        return unseen + (ungatedFrom < 0 ? 0 : next - ungatedFrom);
    }
}
