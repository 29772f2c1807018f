package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.datahub.api.spi.Kernel;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A handle whose thread comes in while another asks it for an errand: busy (release), stop (opaque) against stop, a
/// barrier on all threads, busy (acquire). Who asks may act for it only if it does the errand before its work.
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "inside already: it was not seen outside")
@Outcome(id = "0, 1", expect = FORBIDDEN, desc = "works without its errand, and was taken for one who is outside")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "seen inside, does its errand")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "seen outside, does its errand first")
@State
public class AskedStress {
    private static final Kernel KERNEL = Bench.kernel();

    private final Meeting meeting = new Meeting();
    private final Occupancy occupancy = new Occupancy(KERNEL, "stress", () -> {});
    private int errands;

    public AskedStress() {
        occupancy.errand(() -> errands++);
    }

    @Actor
    public void worker(II_Result result) {
        meeting.join();
        occupancy.enter(); // and stays inside
        result.r1 = errands;
    }

    @Actor
    public void asker(II_Result result) {
        meeting.join();
        result.r2 = occupancy.ask() ? 1 : 0;
    }
}
