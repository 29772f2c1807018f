package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// [WakeStress] with a sleeper that pays no barrier but a fence of its own: the ringer's load still passes its store.
@JCStressTest
@Outcome(
        id = {"true, true", "true, false", "false, true"},
        expect = ACCEPTABLE,
        desc = "rung, or seen before it sleeps")
@Outcome(
        id = "false, false",
        expect = ACCEPTABLE_INTERESTING,
        desc = "it sleeps on a slot that is there, and nobody rings")
@State
public class WakeMutant {
    private static final Bench BENCH = Bench.stream(2, 1);

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final Block block = place.block;
    private final Ringer ringer = place.ringer();

    @Actor
    public void producer(ZZ_Result result) {
        meeting.join();
        SlotHeader.commit(block.data, block.geometry.cell(0), 0);
        ringer.ring();
        result.r1 = ringer.rings() > 0;
    }

    @Actor
    public void consumer(ZZ_Result result) {
        meeting.join();
        Words.releaseInt(block.control, ControlLayout.CONSUMERS_ASLEEP, 1);
        Words.fullFence();
        result.r2 = SlotHeader.stamp(block.data, block.geometry.cell(0)) == 1;
    }
}
