package org.datahub.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTest {
    private final Figures figures = new Figures();

    @Test
    void theMedianOfAnEvenCountLiesBetween() {
        for (double value : new double[] {4, 1, 3, 2}) figures.add("rtt", "c", 8, "mean_ns", value);
        assertEquals(2.5, figures.median("rtt", "c", 8, "mean_ns"));
        assertEquals(1, figures.least("rtt", "c", 8, "mean_ns"));
        assertEquals(4, figures.most("rtt", "c", 8, "mean_ns"));
    }

    @Test
    void bytesASecondFollowFromRecords() {
        figures.addAll("oneway", "c", 64, Map.of("records_per_s", 10.0));
        assertEquals(640, figures.median("oneway", "c", 64, "bytes_per_s"));
    }

    @Test
    void aLineOfJsonIsOneFigure() {
        figures.add("rtt", "datahub", 8, "mean_ns", 150);
        assertEquals(
                "[{\"work\":\"rtt\",\"system\":\"datahub\",\"size_bytes\":8,\"metric\":\"mean_ns\","
                        + "\"median\":150.0,\"min\":150.0,\"max\":150.0,\"runs\":1}]",
                figures.json().toString());
    }

    @Test
    void aGoalIsARatioOfMedians() {
        figures.add("rtt", "datahub", 8, "mean_ns", 120);
        figures.add("rtt", "c", 8, "mean_ns", 100);
        Goal goal = Goal.ALL.getFirst();
        assertTrue(goal.measured(figures));
        assertEquals(1.2, goal.ratio(figures), 1e-9);
        assertFalse(goal.met(figures));
    }

    @Test
    void aGoalOfARateIsMetFromItsLimitOn() {
        Goal goal = new Goal("oneway", 64, "records_per_s", "c", 0.9, false);
        assertFalse(goal.measured(figures));
        figures.add("oneway", "datahub", 64, "records_per_s", 90);
        figures.add("oneway", "c", 64, "records_per_s", 100);
        assertTrue(goal.met(figures));
    }

    @Test
    void cellsAreLaidOutAsTheEngineDoes() {
        assertEquals(128, Plan.of(Work.RTT, 64, 1, 1).stride());
        assertEquals(128, Plan.of(Work.RTT, 8, 1, 1).stride());
        assertEquals(65_600, Plan.of(Work.RTT, 65_536, 1, 1).stride());
    }

    @Test
    void numbersHaveThreeFigures() {
        assertEquals("152", Report.number(152.3));
        assertEquals("22.1 M", Report.number(22_104_000));
        assertEquals("1.41 G", Report.number(1.41e9));
    }

    @Test
    void anOperationIsARowForEachIntegrity() {
        Operations operations = new Operations("a machine", "./datahub bench operations");
        operations.add("zonePublishAndRead", "none", "none", 30.2, 29, 31.4);
        operations.add("zonePublishAndRead", "none", "exact", 50, 49, 51);
        assertTrue(
                operations
                        .text()
                        .contains("| zone publish and read | none | 30.2 [29.0..31.4] |  | 50.0 [49.0..51.0] |\n"),
                operations.text());
    }

    @Test
    void figuresReplaceWhatStoodBetweenTheirMarks(@TempDir Path directory) throws IOException {
        Path page = Files.writeString(directory.resolve("page.md"), "before\n<a>\nold\n<b>\nafter\n");
        Report.replace(page, "<a>", "<b>", "new\n");
        assertEquals("before\n<a>\n\nnew\n\n<b>\nafter\n", Files.readString(page));
        assertThrows(BenchException.class, () -> Report.replace(page, "<c>", "<b>", "new\n"));
    }
}
