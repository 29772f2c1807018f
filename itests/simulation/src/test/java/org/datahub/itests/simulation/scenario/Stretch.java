package org.datahub.itests.simulation.scenario;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.itests.simulation.machine.Machine;

/// What one generation holds of the stream, and where.
final class Stretch {
    private final Machine machine;
    final long number;
    final MemorySegment data;
    final long slots;
    final long cells;
    final long slotBytes;
    final long first; // its first slot
    private final int place;
    private final long stride;
    private final long firstCell;

    /// The segment is whole. The stream goes on in it from slot `first` on.
    Stretch(Machine machine, long number, MemorySegment data, long first) {
        this.machine = machine;
        this.number = number;
        this.data = data;
        this.first = first;
        this.place = machine.place(data);
        this.slots = word(DataLayout.CAPACITY);
        this.cells = word(DataLayout.CELLS);
        this.slotBytes = word(DataLayout.SLOT_BYTES);
        this.stride = word(DataLayout.STRIDE);
        this.firstCell = word(DataLayout.FIRST_PAYLOAD) - SlotHeader.BYTES;
    }

    /// The newest message of a word.
    long word(long offset) {
        return machine.memory().newest(data, offset);
    }

    /// Where in it a place of memory is; negative where that is elsewhere.
    long offset(int at) {
        long offset = at - place;
        return offset < data.byteSize() ? offset : -1;
    }

    long at(long cell) {
        return firstCell + cell * stride;
    }

    /// The cell that an offset lies in; negative for the segment's head.
    long cell(long offset) {
        return offset < firstCell ? -1 : (offset - firstCell) / stride;
    }

    boolean isStamp(long offset) {
        return (offset - firstCell) % stride == 0;
    }

    long stampOf(long cell) {
        return word(at(cell));
    }

    /// Where the bytes of cell 0's slot begin in memory, and so those of each other cell.
    long payload(long cell) {
        return data.address() + at(cell) + SlotHeader.BYTES;
    }
}
