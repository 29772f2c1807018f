package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({
        "4096, 4096",
        "0, 0",
        "1B, 1",
        "64KiB, 65536",
        "64 kib, 65536",
        "' 64KIB ', 65536",
        "1MB, 1000000",
        "2MiB, 2097152",
        "1GiB, 1073741824",
        "3GB, 3000000000",
        "5kB, 5000"
    })
    void sizesAreReadAsPeopleTypeThem(String text, long bytes) {
        assertEquals(bytes, Quantities.bytes("slot.bytes", text));
    }

    @ParameterizedTest
    @CsvSource({"5s, 5000", "500ms, 500", "2m, 120000", "12h, 43200000", "1500 MS, 1500", "0s, 0"})
    void timesAreReadAsPeopleTypeThem(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), Quantities.duration("write.timeout", text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "KiB", "-1", "1.5KiB", "64KiBs", "64 K iB", "x", "9223372036854775808", "9999999999GiB"
            })
    void whatIsNoSizeIsRefusedByName(String text) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> Quantities.bytes("slot.bytes", text));
        assertTrue(refusal.getMessage().contains("slot.bytes=" + text), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5", "5d", "-5s", "99999999999999m"})
    void whatIsNoTimeIsRefusedByName(String text) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> Quantities.duration("write.timeout", text));
        assertTrue(refusal.getMessage().contains("write.timeout=" + text), refusal.getMessage());
    }

    @Test
    void aSizeThatIsMissingIsNamed() {
        assertThrows(IllegalArgumentException.class, () -> Quantities.bytes("slot.bytes", null));
    }
}
