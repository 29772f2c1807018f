package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// The generation table of a block, read while its producer may change it. A number never comes back, so a table that
/// reads the same twice is the table of one instant; and a word of an entry counts only if the entry, looked at after
/// it, still bears the number.
final class GenerationTable {
    /// No generation, and no entry.
    static final int NONE = -1;

    // A producer changes the table some times in a handover; what changes without end is no table.
    private static final int MOST_LOOKS = 10_000;

    private final MemorySegment state;
    private final long[] numbers = new long[StateLayout.GENERATION_ENTRIES];

    GenerationTable(MemorySegment state) {
        this.state = state;
    }

    /// The entry of the generation that the next slot belongs to: the oldest one, or where it is cut, the one behind
    /// the cut. [#NONE] where the table names none that is whole.
    int current() {
        for (int look = 0; look < MOST_LOOKS; look++) {
            if (!read()) continue;
            int entry = after(0);
            if (entry != NONE && phase(entry) != GenerationEntry.IN_USE) entry = NONE;
            while (entry != NONE && cut(entry) != 0) entry = after(numbers[entry]);
            if (entry != NONE && phase(entry) == GenerationEntry.BUILDING) entry = NONE;
            // What was found stands for one instant only if the table is still the one that was read.
            if (same()) return entry;
        }
        return NONE;
    }

    /// The entry of the oldest generation, as of one instant; [#NONE] where the table can't be read.
    int oldest() {
        return above(0);
    }

    /// The entry of the oldest generation where it is another than the present one, `number`: cut, and not
    /// yet retired. [#NONE] where there is none.
    int former(long number) {
        int entry = oldest();
        return entry == NONE || numbers[entry] == number ? NONE : entry;
    }

    /// The entry of the generation that follows `number`: the lowest higher one. [#NONE] where there is
    /// none now.
    int above(long number) {
        for (int look = 0; look < MOST_LOOKS; look++) {
            if (read()) return after(number);
        }
        return NONE;
    }

    /// The number that the entry bore when the table was read.
    long number(int entry) {
        return numbers[entry];
    }

    /// Whether the entry still is that of the generation.
    boolean bears(int entry, long number) {
        return load(entry) == number;
    }

    /// Reads the numbers of all entries. False where they changed meanwhile: then they are those of no instant.
    boolean read() {
        for (int entry = 0; entry < numbers.length; entry++) numbers[entry] = load(entry);
        return same();
    }

    private boolean same() {
        for (int entry = 0; entry < numbers.length; entry++) {
            if (!bears(entry, numbers[entry])) return false;
        }
        return true;
    }

    /// The entry with the lowest number above `number`; numbers are unsigned.
    private int after(long number) {
        int found = NONE;
        for (int entry = 0; entry < numbers.length; entry++) {
            if (Long.compareUnsigned(numbers[entry], number) <= 0) continue;
            if (found == NONE || Long.compareUnsigned(numbers[entry], numbers[found]) < 0) found = entry;
        }
        return found;
    }

    private long load(int entry) {
        return Words.acquire(state, StateLayout.generation(entry) + GenerationEntry.NUMBER);
    }

    /// 0, or the first slot that is not in the generation of this entry, and 1.
    long cut(int entry) {
        return Words.acquire(state, StateLayout.generation(entry) + GenerationEntry.CUT);
    }

    int phase(int entry) {
        return Words.acquireInt(state, StateLayout.generation(entry) + GenerationEntry.PHASE);
    }
}
