package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.SlotHeader;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// The words of [CutReadStress] with a reader that does not look at the stamp again behind `cut`: the slot may have
/// come
/// between its two loads.
@JCStressTest
@Outcome(id = "nothing", expect = ACCEPTABLE, desc = "no slot, and no cut")
@Outcome(id = "slot", expect = ACCEPTABLE, desc = "the slot before the cut")
@Outcome(id = "passed over", expect = ACCEPTABLE_INTERESTING, desc = "it went on behind the slot")
@State
public class CutReadMutant {
    private static final Bench BENCH = Bench.stream(4, 1);
    private static final int FROM = 3;

    private final Cut cut = new Cut(BENCH, FROM);

    @Actor
    public void producer() {
        cut.meeting.join();
        Bench.write(cut.writer);
        cut.writer.cutTo(cut.second);
    }

    @Actor
    public void consumer(L_Result result) {
        cut.meeting.join();
        MemorySegment data = cut.place.block.data;
        boolean there = SlotHeader.stamp(data, cut.place.block.geometry.cellOf(FROM)) == FROM + 1;
        boolean seen = cut.seen();
        if (there) result.r1 = "slot";
        else result.r1 = seen ? "passed over" : "nothing";
        cut.place.requireTurn(cut.turn);
    }
}
