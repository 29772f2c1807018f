package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// [HeadStress] with the stamp loaded first: a slot that comes between the two loads is taken for an overrun.
@JCStressTest
@Outcome(
        id = {"not yet", "there"},
        expect = ACCEPTABLE,
        desc = "what is so")
@Outcome(id = "overrun", expect = ACCEPTABLE_INTERESTING, desc = "a slot that was just written is given up")
@State
public class HeadMutant {
    private static final Bench BENCH = Bench.stream(2, 1);

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final StreamWriter writer = place.writer();

    @Actor
    public void producer() {
        meeting.join();
        Bench.write(writer);
    }

    @Actor
    public void consumer(L_Result result) {
        meeting.join();
        long stamp = SlotHeader.stamp(place.block.data, place.block.geometry.cell(0));
        long head = Words.acquire(place.block.data, DataLayout.HEAD);
        result.r1 = stamp == 1 ? "there" : head > 0 ? "overrun" : "not yet";
    }
}
