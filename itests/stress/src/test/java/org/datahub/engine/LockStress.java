package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.datahub.api.SharedLock;
import org.datahub.api.layout.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/// A spin lock, taken by both in turn: what its holder writes and reads with no order of its own.
@JCStressTest
@Outcome(id = "alone, alone", expect = ACCEPTABLE, desc = "one at a time")
@Outcome(expect = FORBIDDEN, desc = "two inside, or one that does not see what the other wrote")
@State
public class LockStress {
    private static final Shared SHARED = new Shared();
    private static final SharedLock PRODUCER = SHARED.producer.lock(0);
    private static final SharedLock CONSUMER = SHARED.consumer.lock(0);
    private static final MemorySegment MEMORY = Arena.global().allocate(16, 8);

    @Actor
    public void producer(LL_Result result) {
        result.r1 = inside(PRODUCER);
    }

    @Actor
    public void consumer(LL_Result result) {
        result.r2 = inside(CONSUMER);
    }

    private static String inside(SharedLock lock) {
        if (lock.lock(Shared.LONG) != SharedLock.Outcome.LOCKED) return "not locked";
        long first = Words.plain(MEMORY, 0);
        long second = Words.plain(MEMORY, 8);
        Words.plain(MEMORY, 0, first + 1);
        Words.plain(MEMORY, 8, second + 1);
        lock.unlock();
        return first == second ? "alone" : "together";
    }
}
