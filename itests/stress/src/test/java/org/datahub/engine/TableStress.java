package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/// The generation table, read until two readings agree: numbers never come back, so that is one instant. The verbs and
/// the layout are the real ones; the handover that will use them is not there yet.
@JCStressTest
@Outcome(
        id = {"1, 0", "1, 2", "0, 2", "3, 2", "3, 0", "3, 4"},
        expect = ACCEPTABLE,
        desc = "the table of one instant")
@Outcome(expect = FORBIDDEN, desc = "a table that never was")
@State
public class TableStress {
    private final Meeting meeting = new Meeting();
    private final Table table = new Table();

    @Actor
    public void producer() {
        meeting.join();
        table.change();
    }

    @Actor
    public void consumer(JJ_Result result) {
        meeting.join();
        long first;
        long second;
        do {
            first = table.number(0);
            second = table.number(1);
        } while (first != table.number(0) || second != table.number(1));
        result.r1 = first;
        result.r2 = second;
        table.requireTurn();
    }
}
