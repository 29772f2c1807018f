package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/// [TableStress] with one reading.
@JCStressTest
@Outcome(
        id = {"1, 0", "1, 2", "0, 2", "3, 2", "3, 0", "3, 4"},
        expect = ACCEPTABLE,
        desc = "the table of one instant")
@Outcome(expect = ACCEPTABLE_INTERESTING, desc = "a table that never was")
@State
public class TableMutant {
    private static final Bench BENCH = Bench.stream(2, 1);

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final MemorySegment state = place.block.state;

    public TableMutant() {
        number(0, 1);
        number(1, 0);
    }

    private void number(int entry, long number) {
        Words.release(state, StateLayout.generation(entry) + GenerationEntry.NUMBER, number);
    }

    private long number(int entry) {
        return Words.acquire(state, StateLayout.generation(entry) + GenerationEntry.NUMBER);
    }

    @Actor
    public void producer() {
        meeting.join();
        number(1, 2);
        number(0, 0);
        number(0, 3);
        number(1, 0);
        number(1, 4);
    }

    @Actor
    public void consumer(JJ_Result result) {
        meeting.join();
        result.r1 = number(0);
        result.r2 = number(1);
        place.requireTurn(turn);
    }
}
