package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// An entry of the generation table that is used again: number = 0, `cut` = 0, the new number, its `cut` (all release)
/// against `cut`, then the number (acquire). The verbs and the layout are the real ones, those of
/// `Succession.boundary`.
@JCStressTest
@Outcome(id = "retired", expect = ACCEPTABLE, desc = "another number: the cut says nothing")
@Outcome(id = "its own", expect = ACCEPTABLE, desc = "the cut of that generation")
@Outcome(expect = FORBIDDEN, desc = "the cut of another generation was believed")
@State
public class CutStress {
    private static final Bench BENCH = Bench.stream(2, 1);
    private static final long AT = StateLayout.generation(1);

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final MemorySegment state = place.block.state;

    public CutStress() {
        Words.release(state, AT + GenerationEntry.CUT, 5);
        Words.release(state, AT + GenerationEntry.NUMBER, 2);
    }

    @Actor
    public void producer() {
        meeting.join();
        Words.release(state, AT + GenerationEntry.NUMBER, 0);
        Words.release(state, AT + GenerationEntry.CUT, 0);
        Words.release(state, AT + GenerationEntry.NUMBER, 4);
        Words.release(state, AT + GenerationEntry.CUT, 9);
    }

    @Actor
    public void consumer(L_Result result) {
        meeting.join();
        long cut = Words.acquire(state, AT + GenerationEntry.CUT);
        long number = Words.acquire(state, AT + GenerationEntry.NUMBER);
        if (number != 2) result.r1 = "retired";
        else result.r1 = cut == 5 ? "its own" : "another's: " + cut;
        place.requireTurn(turn);
    }
}
