package org.datahub.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long MS = 1_000_000;

    @Test
    void noTurnComesBeforeItsTime() {
        long begin = System.nanoTime();
        Pace pace = new Pace(1000);
        for (int turn = 0; turn < 20; turn++) {
            assertTrue(pace.await(() -> false));
            assertTrue(System.nanoTime() - begin >= turn * MS);
        }
    }

    @Test
    void turnsThatAreLateComeAtOnce() {
        Pace pace = new Pace(1000);
        long late = System.nanoTime() + 50 * MS;
        while (System.nanoTime() - late < 0) LockSupport.parkNanos(MS);
        int[] looks = {0};
        BooleanSupplier neverStops = () -> looks[0]++ < 0;
        for (int turn = 0; turn < 50; turn++) assertTrue(pace.await(neverStops));
        assertEquals(50, looks[0], "one look a turn: none of them had to park");
    }

    @Test
    void aStopEndsTheWait() {
        Pace pace = new Pace(0.001);
        assertTrue(pace.await(() -> false));
        assertFalse(pace.await(() -> true));
    }
}
