package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import org.datahub.api.layout.SlotHeader;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/// [BatchStress] with the stamps stored first to last: a reader that comes between the two sees part of a batch.
@JCStressTest
@Outcome(
        id = {"0", "2"},
        expect = ACCEPTABLE,
        desc = "none or all")
@Outcome(id = "1", expect = ACCEPTABLE_INTERESTING, desc = "part of a batch")
@State
public class BatchMutant {
    private static final Bench BENCH = Bench.stream(2, 2);

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final Geometry geometry = place.block.geometry;
    private final StreamReader reader;

    public BatchMutant() {
        long epoch = place.join(0);
        place.writer();
        reader = place.reader(epoch, 0);
    }

    @Actor
    public void producer() {
        meeting.join();
        SlotHeader.commit(place.block.data, geometry.cell(0), 0);
        SlotHeader.commit(place.block.data, geometry.cell(1), 1);
    }

    @Actor
    public void consumer(I_Result result) {
        meeting.join();
        result.r1 = reader.look(2) == SlotReader.Look.SLOT ? reader.count() : 0;
    }
}
