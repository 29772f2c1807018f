package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// The words of [CutJoinStress] with a consumer that looks for the cut before it joins: what is behind the cut may be
/// gone
/// by the time it is acknowledged.
@JCStressTest
@Outcome(
        id = {"protected", "behind the cut", "not acknowledged"},
        expect = ACCEPTABLE,
        desc = "nothing was lost")
@Outcome(id = "lost", expect = ACCEPTABLE_INTERESTING, desc = "an acknowledged consumer was overrun behind the cut")
@State
public class CutJoinMutant {
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
        boolean seen = cut.seen();
        long epoch = cut.place.join(CUT);
        String found = "not acknowledged";
        for (int look = 0; look < LOOKS && found.equals("not acknowledged"); look++) {
            if (Words.acquire(cut.place.block.state, StateLayout.ACK_EPOCH) < epoch) continue;
            found = seen ? "behind the cut" : "protected";
        }
        // Its cursor stays where it is: so does the first slot behind the cut.
        if (found.equals("protected") && cut.overruns(CUT, LOOKS)) found = "lost";
        result.r1 = found;
        cut.place.requireTurn(cut.turn);
    }
}
