package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.datahub.api.FlexibleZone;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A field of a zone and the count of changes: the field (release), changes (add) against changes (acquire), the field.
@JCStressTest
@Outcome(id = "new", expect = ACCEPTABLE, desc = "who sees a change sees what changed")
@Outcome(expect = FORBIDDEN, desc = "a change without its value")
@State
public class FieldStress {
    private static final Shared SHARED = new Shared();
    private static final FlexibleZone PRODUCER = SHARED.producer.zone(Shared.ZONE);
    private static final FlexibleZone CONSUMER = SHARED.consumer.zone(Shared.ZONE);

    @Actor
    public void producer() {
        PRODUCER.set(0, PRODUCER.get(0) + 1);
    }

    @Actor
    public void consumer(L_Result result) {
        int changes = CONSUMER.changes();
        result.r1 = (int) CONSUMER.get(0) - changes >= 0 ? "new" : "old";
    }
}
