package org.datahub.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.datahub.api.SharedLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/// A lock that is handed over to one who gives up at that moment: owner (release), full fence, waiting against waiting
/// (replace), owner (replace). It is never nobody's for ever.
@JCStressTest
@Outcome(id = "LOCKED, LOCKED", expect = ACCEPTABLE, desc = "handed over, or free")
@Outcome(id = "TIMEOUT, LOCKED", expect = ACCEPTABLE, desc = "given up, and free")
@Outcome(expect = FORBIDDEN, desc = "handed to one who is gone")
@State
public class HandOverStress {
    private static final Shared SHARED = new Shared();
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Duration SHORT = Duration.ofNanos(1);

    private final Meeting meeting = new Meeting();
    private final int index = NEXT.getAndIncrement() % Shared.LOCKS;
    private final SharedLock producer;
    private final SharedLock consumer;

    public HandOverStress() {
        synchronized (SHARED) { // jcstress makes states, and lets arbiters judge, in several threads
            producer = SHARED.producer.lock(index);
            consumer = SHARED.consumer.lock(index);
            if (producer.lock(Shared.LONG) != SharedLock.Outcome.LOCKED) {
                throw new IllegalStateException("lock=" + index);
            }
        }
    }

    @Actor
    public void producer() {
        meeting.join();
        producer.unlock();
    }

    @Actor
    public void consumer(LL_Result result) {
        meeting.join();
        result.r1 = consumer.lock(SHORT);
    }

    @Arbiter
    public void after(LL_Result result) {
        synchronized (SHARED) {
            if (result.r1 == SharedLock.Outcome.LOCKED) consumer.unlock();
            result.r2 = producer.lock(Duration.ZERO);
            if (result.r2 == SharedLock.Outcome.LOCKED) producer.unlock();
        }
    }
}
