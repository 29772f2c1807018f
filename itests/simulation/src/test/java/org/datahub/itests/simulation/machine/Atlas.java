package org.datahub.itests.simulation.machine;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.util.Map;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Wire;

/// Which words of a block's files decisions rest on, and what people call them.
final class Atlas {
    private Atlas() {}

    /// Tracks the words of a new block that somebody decides by, all others being written once
    /// before it has its name, or for people.
    static void track(Memory memory, Map<String, Disk.Inode> files) {
        MemorySegment state = files.get("state").memory;
        memory.track(state, StateLayout.INCARNATION, StateLayout.PID);
        memory.track(state, StateLayout.ACK_EPOCH, StateLayout.BEAT_NS);
        memory.track(state, StateLayout.KEY_EPOCH, StateLayout.COUNTERS);
        for (int entry = 0; entry < StateLayout.GENERATION_ENTRIES; entry++) {
            long at = StateLayout.generation(entry);
            memory.track(state, at + GenerationEntry.NUMBER, at + GenerationEntry.PAGE_BYTES);
            memory.track(state, at + GenerationEntry.SEGMENT, at + GenerationEntry.SEGMENT + Long.BYTES);
            memory.track(state, at + GenerationEntry.CUT, at + GenerationEntry.CUT + Long.BYTES);
        }
        MemorySegment data = files.get("data.1").memory;
        memory.track(data, DataLayout.HEAD, data.byteSize());
        MemorySegment control = files.get("control").memory;
        memory.track(control, ControlLayout.JOIN_EPOCH, control.byteSize());
        int rows = (int) memory.newest(memory.place(state, StateLayout.ROWS, Integer.BYTES), Integer.BYTES);
        for (int row = 0; row < rows; row++) untrack(memory, control, ControlLayout.row(row));
    }

    private static void untrack(Memory memory, MemorySegment words, long row) {
        memory.untrack(words, row + RowLayout.BEAT_NS, row + RowLayout.LABEL + StateLayout.MOST_LABEL_BYTES);
        memory.untrack(words, row + RowLayout.RECEIVED, row + RowLayout.BYTES);
    }

    /// The name of a word in traces.
    static String name(Machine machine, int place) {
        for (String block : machine.disk().names()) {
            for (String file : machine.disk().files(block)) {
                MemorySegment words = machine.disk().file(block, file);
                if (words == null || file.equals("lock")) continue;
                long at = place - machine.memory().place(words, 0, 1);
                if (at >= 0 && at < words.byteSize()) return name(machine, words, file, at);
            }
        }
        return "word " + place;
    }

    private static String name(Machine machine, MemorySegment words, String file, long at) {
        if (file.equals("state")) return "state." + inState(at);
        if (file.equals("control")) {
            if (at < ControlLayout.BYTES) return "control." + within(ControlLayout.LAYOUT, at);
            if (at >= machine.memory().newest(words, ControlLayout.ZONES_OFFSET)) return "control+" + at;
            long row = (at - ControlLayout.BYTES) / RowLayout.BYTES;
            return "row" + row + "." + within(RowLayout.LAYOUT, at - ControlLayout.row((int) row));
        }
        if (at < DataLayout.BYTES) return file + "." + within(DataLayout.LAYOUT, at);
        long stride = machine.memory().newest(words, DataLayout.STRIDE);
        long first = machine.memory().newest(words, DataLayout.FIRST_PAYLOAD) - SlotHeader.BYTES;
        long cell = (at - first) / stride;
        long in = (at - first) % stride;
        String what = in < SlotHeader.BYTES ? within(SlotHeader.LAYOUT, in) : "payload+" + (in - SlotHeader.BYTES);
        return file + ".cell" + cell + "." + what;
    }

    private static String inState(long at) {
        long table = at - StateLayout.generation(0);
        if (table < 0) return within(StateLayout.LAYOUT, at);
        return "generation" + table / GenerationEntry.BYTES + "."
                + within(GenerationEntry.LAYOUT, table % GenerationEntry.BYTES);
    }

    private static String within(StructLayout layout, long at) {
        long offset = 0;
        for (MemoryLayout member : layout.memberLayouts()) {
            long behind = offset + member.byteSize();
            if (at < behind) {
                String name = member.name().orElse("padding");
                boolean words = member instanceof SequenceLayout;
                return words ? name + "[" + (at - offset) / Wire.U64.byteSize() + "]" : name;
            }
            offset = behind;
        }
        return "+" + at;
    }
}
