package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.datahub.api.layout.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// The words of [BusyStress] with a closer that has a fence in place of the barrier: the worker's load still passes its
/// store.
@JCStressTest
@Outcome(
        id = {"true, true", "true, false", "false, true"},
        expect = ACCEPTABLE,
        desc = "one of the two sees the other")
@Outcome(id = "false, false", expect = ACCEPTABLE_INTERESTING, desc = "the memory goes while it is used")
@State
public class BusyMutant {
    private static final VarHandle BUSY;
    private static final VarHandle STOP;

    static {
        try {
            BUSY = MethodHandles.lookup().findVarHandle(BusyMutant.class, "busy", int.class);
            STOP = MethodHandles.lookup().findVarHandle(BusyMutant.class, "stop", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Meeting meeting = new Meeting();
    private int busy;
    private int stop;

    @Actor
    public void worker(ZZ_Result result) {
        meeting.join();
        BUSY.setRelease(this, 1);
        result.r1 = (int) STOP.getOpaque(this) != 0;
    }

    @Actor
    public void closer(ZZ_Result result) {
        meeting.join();
        STOP.setVolatile(this, 1);
        Words.fullFence();
        result.r2 = (int) BUSY.getAcquire(this) != 0;
    }
}
