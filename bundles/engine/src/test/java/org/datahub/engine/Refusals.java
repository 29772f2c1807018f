package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.junit.jupiter.api.function.Executable;

/// What a refused call must look like: the code, the problem with its values, the next step.
final class Refusals {
    private Refusals() {}

    static DataHubException assertRefused(ErrorCode code, Executable call) {
        return assertRefusal(code, assertThrows(DataHubException.class, call));
    }

    static DataHubException assertRefusal(ErrorCode code, Throwable thrown) {
        if (!(thrown instanceof DataHubException refusal)) throw new AssertionError("expected " + code, thrown);
        assertEquals(code, refusal.code(), refusal.getMessage());
        assertTrue(refusal.getMessage().startsWith(code.text() + " "), refusal.getMessage());
        assertFalse(refusal.advice().isBlank(), refusal.getMessage());
        return refusal;
    }

    static void assertNames(DataHubException refusal, String... words) {
        for (String word : words)
            assertTrue(refusal.problem().contains(word), word + " is not in: " + refusal.getMessage());
    }
}
