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
@Outcome(expect = FORBIDDEN, desc = "part of a batch, a gap, or torn bytes")
@State
public class BatchStress {
    private static final Bench BENCH = Bench.stream(2, 2);
    private static final int LOOKS = 100;

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
        SlotReader.Look look = SlotReader.Look.NOTHING;
        for (int i = 0; i < LOOKS && look == SlotReader.Look.NOTHING; i++) look = reader.look(2);
        result.r1 = switch (look) {
            case NOTHING -> "nothing";
            case GAP -> "gap";
            case SLOT -> batch();
        };
        place.requireTurn(turn);
    }

    private String batch() {
        int count = reader.count();
        for (int index = 0; index < count; index++) {
            if (!Bench.whole(reader, index, 4 + index)) return "torn";
        }
        return reader.release() && count == 2 ? "both" : "part";
    }
}
