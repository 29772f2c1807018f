package org.datahub.distribution.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    @Test
    void whatAProcessTellsIsWhatTheConductorHears() throws JsonProcessingException {
        Report.Total total = new Report.Total(0, 10, 1, 2, 3, 4, 5);
        for (Report report :
                List.of(new Report.Ready("frames"), new Report.Got("frames", 1.5, 10, 20, 30, 40, 50, total, true))) {
            assertEquals(report, Report.of(report.line()));
        }
    }

    @Test
    void otherLinesAreNoReports() {
        assertThrows(IllegalArgumentException.class, () -> Report.of("{\"other\":{}}"));
        assertThrows(JsonProcessingException.class, () -> Report.of("hello"));
    }
}
