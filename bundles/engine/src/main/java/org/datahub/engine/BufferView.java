package org.datahub.engine;

import java.util.ArrayList;
import java.util.List;
import org.datahub.api.admin.SlotInfo;
import org.datahub.api.admin.SlotStates;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.Words;

/// The buffers of a state block.
final class BufferView extends SlotView {
    private final long latest;

    BufferView(Block block) {
        super(block);
        this.latest = Words.acquire(block.data, DataLayout.LATEST);
    }

    @Override
    long next() {
        return DataLayout.slotOf(latest) + 1;
    }

    @Override
    long oldest() {
        return Math.max(0, next() - 1);
    }

    @Override
    SlotStates count() {
        long free = 0;
        long writing = 0;
        long committed = 0;
        long draining = 0;
        for (SlotInfo buffer : list()) {
            switch (buffer.state()) {
                case FREE -> free++;
                case WRITING -> writing++;
                case COMMITTED -> committed++;
                case DRAINING -> draining++;
            }
        }
        return new SlotStates(free, writing, committed, draining);
    }

    @Override
    boolean committed(long cell, long n) {
        return n <= DataLayout.slotOf(Words.acquire(block.data, DataLayout.LATEST));
    }

    @Override
    boolean kept(long cell, long n) {
        return n >= DataLayout.slotOf(latest);
    }

    @Override
    List<Integer> holders(long cell, long n) {
        List<Integer> found = new ArrayList<>();
        for (int row = 0; row < geometry.rows(); row++) {
            if (names(row, cell)) found.add(row);
        }
        return found;
    }

    private boolean names(int row, long buffer) {
        long pins = ControlLayout.row(row) + RowLayout.PINS;
        for (int pin = 0; pin < geometry.pins(); pin++) {
            if (Words.acquire(block.control, pins + 8L * pin) == buffer + 1) return true;
        }
        return false;
    }

    /// The writer takes one buffer after the other: after a round, each has held a slot.
    @Override
    boolean nextToUse(long cell) {
        return next() >= geometry.cells();
    }
}
