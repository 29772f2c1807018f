package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.datahub.api.FlexibleZone;
import org.datahub.api.layout.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// Snapshots of a flexible zone: the other half, the number (release) against the number, a half, acquire fence, the
/// number.
@JCStressTest
@Outcome(id = "whole", expect = ACCEPTABLE, desc = "the snapshot of its number")
@Outcome(expect = FORBIDDEN, desc = "bytes of two snapshots, or of another number")
@State
public class ZoneStress {
    private static final Shared SHARED = new Shared();
    private static final FlexibleZone PRODUCER = SHARED.producer.zone(Shared.ZONE);
    private static final FlexibleZone CONSUMER = SHARED.consumer.zone(Shared.ZONE);

    private final MemorySegment copy = MemorySegment.ofArray(new long[(int) Shared.ZONE_BYTES / Long.BYTES]);

    @Actor
    public void publisher() {
        for (int i = 0; i < 3; i++) {
            PRODUCER.publish(Shared.LONG, draft -> {
                for (long at = 0; at < Shared.ZONE_BYTES; at += Long.BYTES) {
                    Words.plain(draft, at, Words.plain(draft, at) + 1);
                }
            });
        }
    }

    @Actor
    public void reader(L_Result result) {
        long number = CONSUMER.read(copy);
        long wrong = 0;
        for (int word = 0; word < Shared.ZONE_BYTES / Long.BYTES; word++) {
            wrong |= copy.getAtIndex(ValueLayout.JAVA_LONG, word) ^ number;
        }
        result.r1 = wrong == 0 ? "whole" : "torn";
    }
}
