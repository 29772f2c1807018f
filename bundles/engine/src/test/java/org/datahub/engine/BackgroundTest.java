package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/// A test hears of what fails in its other threads.
@Deadline
class BackgroundTest {
    @Test
    void whatAThreadThrowsFailsTheTestThatAsksForItsResult() {
        AssertionError broken = new AssertionError("broken");
        for (Background<Object> work : java.util.List.of(
                Background.run(() -> {
                    throw broken;
                }),
                Background.virtual(() -> {
                    throw broken;
                }))) {
            assertSame(broken, assertThrows(AssertionError.class, work::result).getCause());
            assertSame(broken, work.failure());
        }
    }

    @Test
    void workThatFailsWhereAFailureWasExpectedAndDidNotComeIsAFailureToo() {
        Background<Integer> work = Background.run(() -> 7);
        assertThrows(AssertionError.class, work::failure);
        assertEquals(7, work.result());
    }
}
