package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.datahub.api.DataHubException;
import org.datahub.api.spi.Kernel;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;

/// A handle that is used while another thread closes it: busy (release), stop (opaque) against stop, a barrier on all
/// threads, busy (acquire). The memory is there while somebody is inside, and goes once.
@JCStressTest
@Outcome(id = "used, 1", expect = ACCEPTABLE, desc = "used, then closed")
@Outcome(id = "refused, 1", expect = ACCEPTABLE, desc = "closed first")
@Outcome(expect = FORBIDDEN, desc = "used after it was gone, not finished, or finished twice")
@State
public class BusyStress {
    private static final Kernel KERNEL = Bench.kernel();

    private final Meeting meeting = new Meeting();
    private final AtomicInteger finishes = new AtomicInteger();
    private final Occupancy occupancy = new Occupancy(KERNEL, "stress", finishes::incrementAndGet);

    @Actor
    public void worker(LI_Result result) {
        meeting.join();
        try {
            occupancy.enter();
        } catch (DataHubException closed) {
            result.r1 = "refused";
            return;
        }
        result.r1 = finishes.get() == 0 ? "used" : "used after";
        occupancy.exit();
    }

    @Actor
    public void closer() {
        meeting.join();
        occupancy.close();
    }

    @Arbiter
    public void after(LI_Result result) {
        result.r2 = finishes.get();
    }
}
