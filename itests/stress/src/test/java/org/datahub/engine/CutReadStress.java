package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// The cut against a reader at the last slots before it: stamps, head of the next generation, `cut` (all release)
/// against the stamp, `cut`, and the stamp again. The reader can't follow, so it ends at the cut: never before the slot
/// that stands there.
@JCStressTest
@Outcome(id = "nothing", expect = ACCEPTABLE, desc = "it saw no end, and not every slot")
@Outcome(id = "slots", expect = ACCEPTABLE, desc = "every slot, and no end")
@Outcome(id = "end", expect = ACCEPTABLE, desc = "every slot, then the end")
@Outcome(expect = FORBIDDEN, desc = "a slot was passed over, or read that is elsewhere")
@State
public class CutReadStress {
    private static final Bench BENCH = Bench.stream(4, 1);
    private static final int FROM = 3;
    private static final int CUT = 6;
    private static final int LOOKS = 40;

    private final Cut cut = new Cut(BENCH, FROM);
    private final StreamReader reader = cut.place.reader(0, FROM);

    @Actor
    public void producer() {
        cut.meeting.join();
        while (cut.writer.next() < CUT) Bench.write(cut.writer);
        cut.writer.cutTo(cut.second);
        Bench.write(cut.writer);
    }

    @Actor
    public void consumer(L_Result result) {
        cut.meeting.join();
        String found = null;
        for (int look = 0; look < LOOKS && found == null; look++) {
            SlotReader.Look seen = reader.look(1);
            long n = reader.number();
            if (seen == SlotReader.Look.GAP) found = "a gap at " + reader.gapFrom();
            else if (seen == SlotReader.Look.NOTHING && reader.ended()) found = n == CUT ? "end" : "an end at " + n;
            if (seen != SlotReader.Look.SLOT) continue;
            if (n >= CUT) found = "slot " + n;
            else if (!Bench.whole(reader, 0, n) || !reader.release()) found = "torn";
        }
        if (found == null) found = reader.number() == CUT ? "slots" : "nothing";
        result.r1 = found;
        cut.place.requireTurn(cut.turn);
    }
}
