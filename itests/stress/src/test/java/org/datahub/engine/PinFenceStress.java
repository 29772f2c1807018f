package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// The two full fences between a pin and `latest`, by themselves: [PinStress] has the code around them.
@JCStressTest
@Outcome(
        id = {"true, true", "true, false", "false, true"},
        expect = ACCEPTABLE,
        desc = "one of the two sees the other")
@Outcome(id = "false, false", expect = FORBIDDEN, desc = "the value is used, and its buffer is written")
@State
public class PinFenceStress {
    private static final Bench BENCH = Bench.state();
    private static final long PIN = ControlLayout.row(0) + RowLayout.PINS;

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();

    @Actor
    public void producer(ZZ_Result result) {
        meeting.join();
        Words.release(place.block.data, DataLayout.LATEST, DataLayout.latest(1, 1));
        Words.fullFence();
        result.r1 = Words.acquire(place.block.control, PIN) != 0;
        place.requireTurn(turn);
    }

    @Actor
    public void consumer(ZZ_Result result) {
        meeting.join();
        Words.release(place.block.control, PIN, 1);
        Words.fullFence();
        result.r2 = Words.acquire(place.block.data, DataLayout.LATEST) == DataLayout.latest(1, 1);
    }
}
