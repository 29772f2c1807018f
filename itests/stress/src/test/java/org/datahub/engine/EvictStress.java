package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.datahub.api.StallPolicy;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// An eviction: the bit (release) in `state`, then the overwriting, against the stamp, then the bit. Who has lost a
/// held
/// slot finds that it was let go.
@JCStressTest
@Outcome(id = "held", expect = ACCEPTABLE, desc = "let go in time")
@Outcome(id = "evicted", expect = ACCEPTABLE, desc = "lost, and told")
@Outcome(expect = FORBIDDEN, desc = "lost without a bit, or torn bytes were proven")
@State
public class EvictStress {
    private static final Bench BENCH = Bench.stream(1, 1);

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final StreamWriter writer;
    private final StreamReader reader;

    public EvictStress() {
        long epoch = place.join(0);
        writer = place.writer(StallPolicy.EVICT);
        Bench.write(writer, 1);
        reader = place.reader(epoch, 0);
        reader.look();
    }

    @Actor
    public void producer() {
        meeting.join();
        writer.beginWait();
        writer.free(true); // the stall begins
        writer.free(true); // and is over
        Bench.write(writer);
        Bench.write(writer);
    }

    @Actor
    public void consumer(L_Result result) {
        meeting.join();
        boolean whole = Bench.whole(reader, 0, 0);
        if (reader.release()) result.r1 = whole ? "held" : "torn";
        else result.r1 = reader.evicted() ? "evicted" : "lost";
        place.requireTurn(turn);
    }
}
