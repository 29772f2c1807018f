package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/// The figures of [IntegrityBenchmark] as a table, and as the part of docs/performance.md between its
/// two marks.
final class IntegrityReport {
    private static final String BEGIN = "<!-- integrity -->";
    private static final String END = "<!-- end of integrity -->";
    private static final List<Integer> SIZES = List.of(64, 4096, 65_536, 1 << 20);
    private static final String GARBAGE = "gc.alloc.rate.norm";

    private final Map<String, Map<Integer, RunResult>> rows = new LinkedHashMap<>();

    IntegrityReport(Collection<RunResult> results) {
        for (RunResult result : results) {
            String side = result.getPrimaryResult().getLabel().startsWith("seal") ? "seal" : "verify";
            rows.computeIfAbsent(result.getParams().getParam("provider") + " | " + side, row -> new LinkedHashMap<>())
                    .put(Integer.valueOf(result.getParams().getParam("bytes")), result);
        }
    }

    String text(String command, String machine) {
        StringBuilder text =
                new StringBuilder("`" + command + "` on " + LocalDate.now(ZoneOffset.UTC) + ", " + machine + ".\n\n");
        text.append("| provider | side | 64 B | 4 KiB | 64 KiB | 1 MiB | garbage at 64 B |\n");
        text.append("|---|---|---:|---:|---:|---:|---:|\n");
        rows.keySet().stream()
                .sorted(java.util.Comparator.comparing(IntegrityReport::order))
                .forEach(row -> {
                    text.append("| ").append(row).append(" |");
                    for (int bytes : SIZES)
                        text.append(' ')
                                .append(cell(rows.get(row).get(bytes), bytes))
                                .append(" |");
                    text.append(' ')
                            .append(garbage(rows.get(row).get(SIZES.getFirst())))
                            .append(" B |\n");
                });
        return text.toString();
    }

    private static String order(String row) {
        return (row.startsWith("crc") ? "0" : row.startsWith("hmac") ? "1" : "2") + row;
    }

    private static String cell(RunResult result, int bytes) {
        if (result == null) return "";
        double nanos = result.getPrimaryResult().getScore();
        return String.format(
                Locale.ROOT, "%s ns, %.2f GB/s", Report.number(nanos).replace(" k", "k"), bytes / nanos);
    }

    private static String garbage(RunResult result) {
        for (Map.Entry<String, Result> each : result.getSecondaryResults().entrySet()) {
            if (each.getKey().contains(GARBAGE))
                return Long.toString(Math.round(each.getValue().getScore()));
        }
        return "?";
    }

    void write(Path docs, String command, String machine) throws IOException {
        Path page = docs.resolve("performance.md");
        String old = Files.readString(page);
        int begin = old.indexOf(BEGIN);
        int end = old.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new BenchException("no place for the figures: file=" + page + ", marks=" + BEGIN + " " + END, null);
        }
        Files.writeString(
                page, old.substring(0, begin) + BEGIN + "\n\n" + text(command, machine) + "\n" + old.substring(end));
    }
}
