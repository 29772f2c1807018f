package org.datahub.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "999.6, 1.00 kB",
        "1500, 1.50 kB",
        "99960, 100 kB",
        "4194304, 4.19 MB",
        "1e15, 1000 TB"
    })
    void threePlacesAndAUnit(double bytes, String text) {
        assertEquals(text, Figures.bytes(bytes));
    }

    @Test
    void timesEndWithSeconds() {
        assertEquals("12.3 us", Figures.nanos(12_345));
        assertEquals("86400 s", Figures.nanos(86_400e9));
    }

    @Test
    void theLocaleChangesNothing() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertEquals("1.50 kB", Figures.bytes(1500));
            assertEquals("0.125", Figures.number(0.125, 3));
        } finally {
            Locale.setDefault(before);
        }
    }
}
