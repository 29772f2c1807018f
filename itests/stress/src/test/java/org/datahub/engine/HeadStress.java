package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A protected consumer that waits for a slot while it is written: `head` is loaded first, then the stamp, so that a
/// slot
/// that comes between the two is no overrun.
@JCStressTest
@Outcome(id = "nothing", expect = ACCEPTABLE, desc = "not yet")
@Outcome(id = "whole", expect = ACCEPTABLE, desc = "there")
@Outcome(expect = FORBIDDEN, desc = "a protected consumer was told of a gap, or got torn bytes")
@State
public class HeadStress {
    private static final Bench BENCH = Bench.stream(2, 1);
    private static final int LOOKS = 100;

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final StreamWriter writer;
    private final StreamReader reader;

    public HeadStress() {
        Bench.write(place.writer(), 3);
        long epoch = place.join(3);
        writer = place.writer();
        reader = place.reader(epoch, 3);
    }

    @Actor
    public void producer() {
        meeting.join();
        Bench.write(writer);
    }

    @Actor
    public void consumer(L_Result result) {
        meeting.join();
        SlotReader.Look look = SlotReader.Look.NOTHING;
        for (int i = 0; i < LOOKS && look == SlotReader.Look.NOTHING; i++) look = reader.look();
        result.r1 = switch (look) {
            case NOTHING -> "nothing";
            case GAP -> "gap";
            case SLOT -> Bench.whole(reader, 0, 3) && reader.inPlace() && reader.release() ? "whole" : "torn";
        };
        place.requireTurn(turn);
    }
}
