package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A stream slot that is copied while the producer comes round to its cell: `stamp` = 0, store fence, payload,
/// `stamp` (release) against stamp (acquire), payload, acquire fence, stamp.
@JCStressTest
@Outcome(id = "whole", expect = ACCEPTABLE, desc = "the old slot, proven by its stamp")
@Outcome(id = "gap", expect = ACCEPTABLE, desc = "overwritten, and reported as lost")
@Outcome(id = "torn", expect = FORBIDDEN, desc = "bytes of two slots were taken for one")
@Outcome(expect = FORBIDDEN, desc = "an overwritten slot is not one that is not yet written")
@State
public class SlotStress {
    private static final Bench BENCH = Bench.stream(2, 1);

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final StreamWriter writer = place.writer();
    private final StreamReader reader;

    public SlotStress() {
        Bench.write(writer, 3);
        reader = place.reader(0, 0);
    }

    @Actor
    public void producer() {
        meeting.join();
        Bench.write(writer);
    }

    @Actor
    public void observer(L_Result result) {
        meeting.join();
        result.r1 = switch (reader.look()) {
            case SLOT -> Bench.whole(reader, 0, 0) ? "whole" : "torn";
            case GAP -> reader.gapFrom() == 0 ? "gap" : "false gap";
            case NOTHING -> "nothing";
        };
        place.requireTurn(turn);
    }
}
