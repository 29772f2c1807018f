package org.datahub.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StopTest {
    @Test
    @Timeout(30)
    void theRequestInterruptsTheCommandAndWaitsUntilItHasClosed() throws InterruptedException {
        AtomicReference<Stop> stop = new AtomicReference<>();
        AtomicReference<String> order = new AtomicReference<>("");
        CountDownLatch begun = new CountDownLatch(1);
        Thread command = Thread.ofPlatform().unstarted(() -> {
            begun.countDown();
            try {
                TimeUnit.HOURS.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertTrue(stop.get().requested());
            assertFalse(Thread.currentThread().isInterrupted());
            order.updateAndGet(text -> text + "closed ");
            stop.get().finished();
        });
        stop.set(new Stop(command));
        command.start();
        begun.await();
        stop.get().request();
        order.updateAndGet(text -> text + "gone");
        assertEquals("closed gone", order.get());
    }

    @Test
    @Timeout(5)
    void afterTheCommandThereIsNothingToWaitFor() {
        Stop stop = new Stop(Thread.currentThread());
        stop.finished();
        stop.request();
        assertFalse(stop.requested());
    }
}
