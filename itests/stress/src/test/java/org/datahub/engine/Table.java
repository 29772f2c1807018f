package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// A generation table of two entries, and a producer that changes it: [TableStress] and its mutant read it.
final class Table {
    private static final Bench BENCH = Bench.stream(2, 1);

    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final MemorySegment state = place.block.state;

    Table() {
        number(0, 1);
        number(1, 0);
    }

    private void number(int entry, long number) {
        Words.release(state, StateLayout.generation(entry) + GenerationEntry.NUMBER, number);
    }

    long number(int entry) {
        return Words.acquire(state, StateLayout.generation(entry) + GenerationEntry.NUMBER);
    }

    /// Two generations follow the first; no number comes back.
    void change() {
        number(1, 2);
        number(0, 0);
        number(0, 3);
        number(1, 0);
        number(1, 4);
    }

    void requireTurn() {
        place.requireTurn(turn);
    }
}
