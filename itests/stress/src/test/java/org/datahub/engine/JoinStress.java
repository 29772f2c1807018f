package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A join against a producer that writes on: cursor, active, `join_epoch` (add), full fence against `join_epoch`, rows,
/// `ack_epoch` (release). Once it holds a slot in place, the consumer loses none.
@JCStressTest
@Outcome(id = "protected", expect = ACCEPTABLE, desc = "the producer has seen the row")
@Outcome(id = "copies", expect = ACCEPTABLE, desc = "not yet, so it took copies")
@Outcome(id = "nothing", expect = ACCEPTABLE, desc = "it found no slot so far")
@Outcome(id = "lost", expect = FORBIDDEN, desc = "an acknowledged consumer was overrun")
@Outcome(id = "torn", expect = FORBIDDEN, desc = "bytes of two slots were taken for one")
@State
public class JoinStress {
    private static final Bench BENCH = Bench.stream(2, 1);
    private static final int WRITES = 200;
    private static final int LOOKS = 400;

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final StreamWriter writer = place.writer();

    public JoinStress() {
        Bench.write(writer, 3);
    }

    @Actor
    public void producer() {
        meeting.join();
        for (int i = 0; i < WRITES; i++) Bench.write(writer);
    }

    @Actor
    public void joiner(L_Result result) {
        meeting.join();
        long start = StreamWriter.newest(place.block.data, place.block.geometry);
        StreamReader reader = place.reader(place.join(start), start);
        String found = "nothing";
        for (int i = 0; i < LOOKS; i++) {
            SlotReader.Look look = reader.look();
            if (look == SlotReader.Look.GAP && found.equals("protected")) found = "lost";
            if (look != SlotReader.Look.SLOT) continue;
            if (!Bench.whole(reader, 0, reader.number())) found = "torn";
            else if (!reader.inPlace()) found = "copies";
            else if (!found.equals("lost") && !found.equals("torn")) found = "protected";
            if (!reader.release()) found = "lost";
            if (found.equals("lost") || found.equals("torn")) break;
        }
        result.r1 = found;
        place.requireTurn(turn);
    }
}
