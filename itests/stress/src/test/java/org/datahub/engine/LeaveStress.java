package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// A consumer leaves while the producer looks at the gate: active = 0, `join_epoch` (add) against `join_epoch`, rows.
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "seen at once")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "seen at the next look")
@Outcome(expect = FORBIDDEN, desc = "a row that was left gates for ever")
@State
public class LeaveStress {
    private static final Bench BENCH = Bench.stream(1, 1);

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final StreamWriter writer;

    public LeaveStress() {
        place.join(0);
        writer = place.writer();
        Bench.write(writer, 1);
    }

    @Actor
    public void producer(ZZ_Result result) {
        meeting.join();
        result.r1 = writer.claim();
    }

    @Actor
    public void consumer() {
        meeting.join();
        place.rows.clean(0);
    }

    @Arbiter
    public void after(ZZ_Result result) {
        result.r2 = writer.claim();
        place.requireTurn(turn);
    }
}
