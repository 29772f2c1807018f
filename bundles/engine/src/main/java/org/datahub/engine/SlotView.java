package org.datahub.engine;

import java.util.ArrayList;
import java.util.List;
import org.datahub.api.ProducerState;
import org.datahub.api.admin.SlotInfo;
import org.datahub.api.admin.SlotState;
import org.datahub.api.admin.SlotStates;
import org.datahub.api.layout.SlotHeader;

/// What the cells or buffers of a block are, told from its shared words for people. It stores
/// nothing, takes no lock and waits for nobody.
abstract class SlotView {
    final Block block;
    final Geometry geometry;
    private final boolean unfinished;

    SlotView(Block block) {
        this.block = block;
        this.geometry = block.geometry;
        // A producer that closed has no write open: a stamp of 0 is then one that was given up.
        ProducerState producer = BlockReport.producerState(block);
        this.unfinished = producer == ProducerState.ALIVE || producer == ProducerState.KILLED;
    }

    /// As the block is now.
    static SlotView of(Block block) {
        return block.geometry.state() ? new BufferView(block) : new CellView(block);
    }

    /// The next slot number.
    abstract long next();

    /// The oldest slot that must be intact.
    abstract long oldest();

    /// How many are in which state.
    abstract SlotStates count();

    /// Whether slot n, of which this cell bears the stamp, counts: a producer that dies in the middle
    /// of a commit leaves stamps that do not.
    abstract boolean committed(long cell, long n);

    /// Whether the slot in this cell must be intact, held or not.
    abstract boolean kept(long cell, long n);

    /// Rows that hold slot n, which lies in this cell.
    abstract List<Integer> holders(long cell, long n);

    /// Whether a write may be open in this cell, of which the stamp is 0: a slot stood there before.
    abstract boolean nextToUse(long cell);

    /// Each of them.
    final List<SlotInfo> list() {
        List<SlotInfo> found = new ArrayList<>();
        for (long cell = 0; cell < geometry.cells(); cell++) found.add(look(cell));
        return found;
    }

    final SlotInfo look(long cell) {
        long at = geometry.cell(cell);
        long stamp = SlotHeader.stamp(block.data, at);
        if (stamp <= 0)
            return new SlotInfo(cell, open(cell, stamp) ? SlotState.WRITING : SlotState.FREE, -1, 0, List.of());
        long n = stamp - 1;
        long length = SlotHeader.length(SlotHeader.description(block.data, at));
        // Used again while it was looked at, or a stamp that was left behind.
        if (!SlotHeader.still(block.data, at, n) || !committed(cell, n)) {
            return new SlotInfo(cell, SlotState.WRITING, -1, 0, List.of());
        }
        List<Integer> holders = holders(cell, n);
        SlotState state = SlotState.FREE;
        if (!holders.isEmpty()) state = SlotState.DRAINING;
        else if (kept(cell, n)) state = SlotState.COMMITTED;
        return new SlotInfo(cell, state, n, Math.min(length, geometry.slotBytes()), holders);
    }

    /// Whether a write is open in this cell, which bears no slot's stamp.
    final boolean open(long cell, long stamp) {
        return stamp == 0 && unfinished && nextToUse(cell);
    }
}
