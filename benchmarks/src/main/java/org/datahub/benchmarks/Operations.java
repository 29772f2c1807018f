package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/// Single operations as a table, and as the part of docs/performance.md between its two marks.
final class Operations {
    private static final String BEGIN = "<!-- operations -->";
    private static final String END = "<!-- end of operations -->";
    private static final List<String> TIMESTAMPS = List.of("none", "coarse", "exact");

    private final String machine;
    private final String command;
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();

    Operations(String machine, String command) {
        this.machine = machine;
        this.command = command;
    }

    /// Takes what JMH has measured.
    void addAll(Collection<RunResult> results) {
        for (RunResult result : results) {
            Statistics nanos = result.getPrimaryResult().getStatistics();
            add(
                    result.getPrimaryResult().getLabel(),
                    result.getParams().getParam("integrity"),
                    result.getParams().getParam("timestamps"),
                    nanos.getPercentile(50),
                    nanos.getMin(),
                    nanos.getMax());
        }
    }

    void add(String operation, String integrity, String timestamps, double median, double least, double most) {
        rows.computeIfAbsent("| " + words(operation) + " | " + integrity + " |", row -> new LinkedHashMap<>())
                .put(
                        timestamps,
                        Report.number(median) + " [" + Report.number(least) + ".." + Report.number(most) + "]");
    }

    /// Replaces the table in performance.md of `docs`.
    void write(Path docs) throws IOException {
        Report.replace(docs.resolve("performance.md"), BEGIN, END, text());
    }

    String text() {
        StringBuilder text = new StringBuilder("`" + command + "` on " + LocalDate.now(ZoneOffset.UTC) + ", " + machine
                + ".\nMedian [least..most] of the iterations, ns.\n\n| operation | integrity |");
        for (String timestamps : TIMESTAMPS)
            text.append(" time stamps ").append(timestamps).append(" |");
        text.append("\n|---|---|").append("---:|".repeat(TIMESTAMPS.size())).append('\n');
        rows.forEach((row, cells) -> {
            text.append(row);
            for (String timestamps : TIMESTAMPS)
                text.append(' ').append(cells.getOrDefault(timestamps, "")).append(" |");
            text.append('\n');
        });
        return text.toString();
    }

    /// `zonePublishAndRead` as it reads: zone publish and read.
    private static String words(String operation) {
        return operation.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}
