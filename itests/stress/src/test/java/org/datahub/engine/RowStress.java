package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A row that comes: its number, its cursor, active (release), `join_epoch` (add) against `join_epoch`, active,
/// cursor and number (acquire), which is the order of the producer's scan.
@JCStressTest
@Outcome(id = "unseen", expect = ACCEPTABLE, desc = "the row does not count yet")
@Outcome(id = "seen", expect = ACCEPTABLE, desc = "the row counts, with its own cursor and number")
@Outcome(expect = FORBIDDEN, desc = "an epoch without its row, or a row with what was there before")
@State
public class RowStress {
    private static final Bench BENCH = Bench.stream(2, 1);
    private static final long START = 7;
    private static final int LOOKS = 100;

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final MemorySegment control = place.block.control;

    @Actor
    public void joiner() {
        meeting.join();
        place.join(START);
    }

    @Actor
    public void scan(L_Result result) {
        meeting.join();
        String found = "unseen";
        for (int i = 0; i < LOOKS && found.equals("unseen"); i++) found = look();
        result.r1 = found;
        place.requireTurn(turn);
    }

    private String look() {
        long at = ControlLayout.row(0);
        long epoch = Words.acquire(control, ControlLayout.JOIN_EPOCH);
        boolean active = Words.acquire(control, at + RowLayout.ACTIVE) == RowLayout.LOSSLESS;
        long cursor = Words.acquire(control, at + RowLayout.CURSOR);
        long number = Words.acquire(control, at + RowLayout.EPOCH);
        if (!active) return epoch < 2 ? "unseen" : "forgotten";
        return cursor == START && number == 1 ? "seen" : "stale";
    }
}
