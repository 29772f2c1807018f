package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A copy of the newest value while the producer comes round to its buffer.
@JCStressTest
@Outcome(id = "whole", expect = ACCEPTABLE, desc = "a value, proven by its stamp")
@Outcome(id = "nothing", expect = ACCEPTABLE, desc = "the producer was faster at every try")
@Outcome(expect = FORBIDDEN, desc = "bytes of two values were taken for one")
@State
public class CopyStress {
    private static final Bench BENCH = Bench.state();
    private static final int WRITES = 5;

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final StateWriter writer = place.stateWriter();
    private final StateReader reader = place.stateReader(false);

    public CopyStress() {
        Bench.write(writer, 1);
    }

    @Actor
    public void producer() {
        meeting.join();
        for (int i = 0; i < WRITES; i++) Bench.write(writer);
    }

    @Actor
    public void observer(L_Result result) {
        meeting.join();
        if (reader.look() == SlotReader.Look.NOTHING) result.r1 = "nothing";
        else result.r1 = Bench.whole(reader, 0, reader.number()) ? "whole" : "torn";
        place.requireTurn(turn);
    }
}
