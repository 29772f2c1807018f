package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// The cut against a consumer that joins in the generation before: `cut` (release), rows, `ack_epoch` (release) against
/// join, `ack_epoch`, then `cut` (acquire). Who finds no cut behind its acknowledgement loses nothing behind the cut
/// that
/// comes.
@JCStressTest
@Outcome(id = "protected", expect = ACCEPTABLE, desc = "acknowledged, and no cut seen")
@Outcome(id = "behind the cut", expect = ACCEPTABLE, desc = "it looks at the slot behind the cut, too")
@Outcome(id = "not acknowledged", expect = ACCEPTABLE, desc = "not yet")
@Outcome(id = "lost", expect = FORBIDDEN, desc = "an acknowledged consumer was overrun behind the cut")
@State
public class CutJoinStress {
    private static final Bench BENCH = Bench.stream(2, 1);
    private static final int CUT = 3;
    private static final int WRITES = 40;
    private static final int LOOKS = 400;

    private final Cut cut = new Cut(BENCH, CUT);

    @Actor
    public void producer() {
        cut.producer(WRITES);
    }

    @Actor
    public void joiner(L_Result result) {
        cut.meeting.join();
        long epoch = cut.place.join(CUT);
        String found = "not acknowledged";
        for (int look = 0; look < LOOKS && found.equals("not acknowledged"); look++) {
            if (Words.acquire(cut.place.block.state, StateLayout.ACK_EPOCH) < epoch) continue;
            found = cut.seen() ? "behind the cut" : "protected";
        }
        // Its cursor stays where it is: so does the first slot behind the cut.
        if (found.equals("protected") && cut.overruns(CUT, LOOKS)) found = "lost";
        result.r1 = found;
        cut.place.requireTurn(cut.turn);
    }
}
