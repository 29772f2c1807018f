package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A batch of two: its stamps are stored last to first, so whoever sees the first slot sees both.
@JCStressTest
@Outcome(id = "nothing", expect = ACCEPTABLE, desc = "not yet")
@Outcome(id = "both", expect = ACCEPTABLE, desc = "the whole batch")
@Outcome(id = "one by one", expect = ACCEPTABLE, desc = "the whole batch; the look that had to ask twice takes one")
@Outcome(expect = FORBIDDEN, desc = "part of a batch, a gap, or torn bytes")
@State
public class BatchStress {
    private static final Bench BENCH = Bench.stream(2, 2);

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final StreamWriter writer;
    private final StreamReader reader;

    public BatchStress() {
        Bench.write(place.writer(), 4);
        long epoch = place.join(4);
        writer = place.writer();
        reader = place.reader(epoch, 4);
    }

    @Actor
    public void producer() {
        meeting.join();
        int count = writer.claim(2);
        for (int index = 0; index < count; index++)
            Bench.fill(writer.data(), writer.cell(index), writer.next() + index);
        writer.commit(count);
    }

    @Actor
    public void consumer(L_Result result) {
        meeting.join();
        result.r1 = switch (reader.look(2)) {
            case NOTHING -> "nothing";
            case GAP -> "gap";
            case SLOT -> batch();
        };
        place.requireTurn(turn);
    }

    private String batch() {
        int count = reader.count();
        if (!whole(count, 4)) return "torn";
        if (count == 2) return "both";
        return reader.look(1) == SlotReader.Look.SLOT && whole(1, 5) ? "one by one" : "part";
    }

    private boolean whole(int count, long first) {
        for (int index = 0; index < count; index++) {
            if (!Bench.whole(reader, index, first + index)) return false;
        }
        return reader.release();
    }
}
