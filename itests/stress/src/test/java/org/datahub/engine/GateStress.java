package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A consumer that lets slots go and a producer that takes their cells: payload loads, `cursor` (release) against
/// `cursor` (acquire), payload stores.
@JCStressTest
@Outcome(id = "whole", expect = ACCEPTABLE, desc = "all that it read was whole")
@Outcome(expect = FORBIDDEN, desc = "a cell was taken that was not let go")
@State
public class GateStress {
    private static final Bench BENCH = Bench.stream(1, 1);
    private static final int TRIES = 60;

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final StreamWriter writer;
    private final StreamReader reader;

    public GateStress() {
        long epoch = place.join(0);
        writer = place.writer();
        reader = place.reader(epoch, 0);
    }

    @Actor
    public void producer() {
        meeting.join();
        for (int i = 0; i < TRIES; i++) Bench.write(writer);
    }

    @Actor
    public void consumer(L_Result result) {
        meeting.join();
        String found = "whole";
        for (int i = 0; i < TRIES; i++) {
            SlotReader.Look look = reader.look();
            if (look == SlotReader.Look.GAP) found = "gap";
            if (look != SlotReader.Look.SLOT) continue;
            if (!Bench.whole(reader, 0, reader.number())) found = "torn";
            if (!reader.release()) found = "lost";
        }
        result.r1 = found;
        place.requireTurn(turn);
    }
}
