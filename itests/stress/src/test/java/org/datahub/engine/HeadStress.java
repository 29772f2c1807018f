package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/// A protected consumer that waits for a slot while it is written: `head` is loaded first, then the stamp, so that a
/// slot
/// that comes between the two is no overrun.
@JCStressTest
@Outcome(id = "NOTHING, NOTHING", expect = ACCEPTABLE, desc = "not yet")
@Outcome(id = "NOTHING, whole", expect = ACCEPTABLE, desc = "at the second look")
@Outcome(id = "whole, NOTHING", expect = ACCEPTABLE, desc = "at once; the next is not there")
@Outcome(expect = FORBIDDEN, desc = "a protected consumer was told of a gap, or got torn bytes")
@State
public class HeadStress {
    private static final Bench BENCH = Bench.stream(2, 1);

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
    public void consumer(LL_Result result) {
        meeting.join();
        result.r1 = look(3);
        result.r2 = look(result.r1 == SlotReader.Look.NOTHING ? 3 : 4);
        place.requireTurn(turn);
    }

    private Object look(long n) {
        SlotReader.Look look = reader.look();
        if (look != SlotReader.Look.SLOT) return look;
        return Bench.whole(reader, 0, n) && reader.inPlace() && reader.release() ? "whole" : "torn";
    }
}
