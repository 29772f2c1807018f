package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A pinned value while the producer writes on: `pin` (release), full fence, `latest` against `latest` (release), full
/// fence, pins.
@JCStressTest
@Outcome(id = "whole", expect = ACCEPTABLE, desc = "the value stayed as long as it was pinned")
@Outcome(id = "nothing", expect = ACCEPTABLE, desc = "the producer was faster at every try")
@Outcome(expect = FORBIDDEN, desc = "a pinned buffer was written")
@State
public class PinStress {
    private static final Bench BENCH = Bench.state();
    private static final int WRITES = 8;

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final StateWriter writer = place.stateWriter();
    private final StateReader reader = place.stateReader(true);

    public PinStress() {
        Bench.write(writer, 1);
    }

    @Actor
    public void producer() {
        meeting.join();
        for (int i = 0; i < WRITES; i++) Bench.write(writer);
    }

    @Actor
    public void consumer(L_Result result) {
        meeting.join();
        String found = "nothing";
        for (int i = 0; i < 2; i++) {
            if (reader.look() == SlotReader.Look.NOTHING) continue;
            boolean whole = Bench.whole(reader, 0, reader.number());
            whole &= Bench.whole(reader, 0, reader.number());
            found = !reader.release() ? "lost" : !whole ? "torn" : "whole";
            if (!found.equals("whole")) break;
        }
        result.r1 = found;
        place.requireTurn(turn);
    }
}
