package org.datahub.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ThreadTimesTest {
    private static final Predicate<String> SPINNER = "spinner"::equals;

    @Test
    void aThreadCountsFromItsFirstLookAndNothingOnceItHasEnded() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        ThreadTimes none = ThreadTimes.of(SPINNER);
        Thread spinner = Thread.ofPlatform().name("spinner").start(() -> {
            while (end.getCount() > 0) Thread.onSpinWait();
        });
        try {
            long ran = awaitRun(none);
            ThreadTimes alive = ThreadTimes.of(SPINNER);
            assertTrue(alive.since(none).ran() >= ran);
            assertTrue(awaitRun(alive) > 0);
            end.countDown();
            spinner.join();
            awaitEnd();
            assertEquals(ThreadTimes.Times.NONE, ThreadTimes.of(SPINNER).since(alive));
        } finally {
            end.countDown();
        }
    }

    private static long awaitRun(ThreadTimes before) throws IOException {
        while (true) {
            long ran = ThreadTimes.of(SPINNER).since(before).ran();
            if (ran > 0) return ran;
        }
    }

    /// A thread is joined a moment before the kernel forgets it.
    private static void awaitEnd() throws IOException {
        while (!ThreadTimes.of(SPINNER).byThread().isEmpty()) Thread.onSpinWait();
    }
}
