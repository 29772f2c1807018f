package org.datahub.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {
    private final Durations durations = new Durations();

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "0s, PT0S",
        "30s, PT30S",
        "5ms, PT0.005S",
        "7us, PT0.000007S",
        "9ns, PT0.000000009S",
        "2m, PT2M",
        "1 H, PT1H"
    })
    void aNumberAndAUnitAreATime(String text, Duration time) {
        assertEquals(time, durations.convert(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "3x", "99999999999999999999s", "9223372036854775807h"})
    void anythingElseIsRefusedAndSaysWhatIsAllowed(String text) {
        TypeConversionException refused = assertThrows(TypeConversionException.class, () -> durations.convert(text));
        assertTrue(refused.getMessage().startsWith("allowed: "), refused.getMessage());
    }
}
