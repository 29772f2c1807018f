package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.datahub.api.Waiting;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// A sleeper and its ringer: bell, word, barrier on all processors, slot against slot (release), word (opaque), with no
/// fence of the ringer's own.
@JCStressTest
@Outcome(
        id = {"true, true", "true, false", "false, true"},
        expect = ACCEPTABLE,
        desc = "rung, or seen before it sleeps")
@Outcome(id = "false, false", expect = FORBIDDEN, desc = "it sleeps on a slot that is there, and nobody rings")
@State
public class WakeStress {
    private static final Bench BENCH = Bench.stream(2, 1);
    private static final MethodHandle ARM;

    static {
        try {
            ARM = MethodHandles.privateLookupIn(Pause.class, MethodHandles.lookup())
                    .findVirtual(Pause.class, "arm", MethodType.methodType(void.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Meeting meeting = new Meeting();
    private final Bench.Place place = BENCH.take();
    private final long turn = place.turn();
    private final Block block = place.block;
    private final Ringer ringer = place.ringer();
    private final Pause pause = new Pause(
            block.kernel,
            Waiting.BLOCK,
            block.state,
            StateLayout.BELL,
            block.control,
            ControlLayout.CONSUMERS_ASLEEP,
            1_000_000);

    @Actor
    public void producer(ZZ_Result result) {
        meeting.join();
        SlotHeader.commit(block.data, block.geometry.cell(0), 0);
        ringer.ring();
        result.r1 = ringer.rings() > 0;
        place.requireTurn(turn);
    }

    @Actor
    public void consumer(ZZ_Result result) {
        meeting.join();
        arm();
        result.r2 = SlotHeader.stamp(block.data, block.geometry.cell(0)) == 1;
    }

    private void arm() {
        try {
            ARM.invokeExact(pause);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
