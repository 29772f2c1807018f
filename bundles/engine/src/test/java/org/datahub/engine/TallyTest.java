package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.ConsumerCounters;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TallyTest {
    private static final long AT = 64;
    private static final long SPOILT = -1;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment row = arena.allocate(AT + ConsumerCounters.LAYOUT.byteSize(), 64);
    private final Tally tally = new Tally(ConsumerCounters.LAYOUT);

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void theFirstStoreLeavesNothingOfAPredecessor() {
        row.fill((byte) SPOILT);
        tally.add(ConsumerCounters.WAITS, 3);
        tally.store(row, AT);
        assertEquals(3, Words.opaque(row, AT + ConsumerCounters.WAITS));
        assertEquals(0, Words.opaque(row, AT + ConsumerCounters.TIMEOUTS));
        assertEquals(SPOILT, Words.opaque(row, AT - 8));
    }

    @Test
    void laterOnlyWhatHasChangedIsStored() {
        tally.add(ConsumerCounters.WAITS, 3);
        tally.store(row, AT);
        row.fill((byte) SPOILT);
        tally.add(ConsumerCounters.TIMEOUTS, 1);
        tally.store(row, AT);
        assertEquals(1, Words.opaque(row, AT + ConsumerCounters.TIMEOUTS));
        assertEquals(SPOILT, Words.opaque(row, AT + ConsumerCounters.WAITS));
    }
}
