package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/// [TableStress] with one reading.
@JCStressTest
@Outcome(
        id = {"1, 0", "1, 2", "0, 2", "3, 2", "3, 0", "3, 4"},
        expect = ACCEPTABLE,
        desc = "the table of one instant")
@Outcome(expect = ACCEPTABLE_INTERESTING, desc = "a table that never was")
@State
public class TableMutant {
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
        result.r1 = table.number(0);
        result.r2 = table.number(1);
        table.requireTurn();
    }
}
