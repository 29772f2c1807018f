package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The figures as tables, and as the part of docs/performance.md between its two marks.
final class Report {
    private static final String BEGIN = "<!-- figures -->";
    private static final String END = "<!-- end -->";
    private static final List<Integer> SIZES = List.of(8, 64, 1024, 1 << 16, 1 << 20);

    private final Figures figures;
    private final String machine;
    private final String command;
    private final Placement placement;

    Report(Figures figures, String machine, String command, Placement placement) {
        this.figures = figures;
        this.machine = machine;
        this.command = command;
        this.placement = placement;
    }

    /// Replaces the figures in performance.md of `docs`, and draws the charts beside it.
    void write(Path docs) throws IOException {
        replace(docs.resolve("performance.md"), BEGIN, END, text());
        Files.writeString(
                docs.resolve("performance-rtt.svg"),
                new Chart(figures, "Round trip, 64 bytes: nanoseconds, shorter is better", "rtt", 64, "mean_ns").svg());
        Files.writeString(
                docs.resolve("performance-oneway.svg"),
                new Chart(
                                figures,
                                "One way, 64 bytes: records a second, longer is better",
                                "oneway",
                                64,
                                "records_per_s")
                        .svg());
        Files.writeString(
                docs.resolve("performance-bulk.svg"),
                new Chart(figures, "One way, 1 MiB: bytes a second, longer is better", "oneway", 1 << 20, "bytes_per_s")
                        .svg());
    }

    /// Puts `text` between two marks of `page`.
    static void replace(Path page, String begin, String end, String text) throws IOException {
        String old = Files.readString(page);
        int from = old.indexOf(begin);
        int to = old.indexOf(end);
        if (from < 0 || to < from) {
            throw new BenchException("no place for the figures: file=" + page + ", marks=" + begin + " " + end, null);
        }
        Files.writeString(page, old.substring(0, from) + begin + "\n\n" + text + "\n" + old.substring(to));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "`%s` on %s, %s. A line went from core 0 to core 1 and back in %.0f ns; %d looks found another distance,"
                        + " and what ran then was run again.%n",
                command,
                LocalDate.now(ZoneOffset.UTC),
                machine,
                placement.reference(),
                placement.refused()));
        text.append("Median [least..most] of the rounds. k = 10^3, M = 10^6, G = 10^9.\n");
        goals(text);
        table(text, "Round trip, mean (ns)", "rtt", "mean_ns", SIZES);
        table(text, "Round trip, median, a clock read inside (ns)", "rtt", "p50_ns", SIZES);
        table(text, "Round trip, 99 of 100 are faster (ns)", "rtt", "p99_ns", SIZES);
        table(text, "One way (records a second)", "oneway", "records_per_s", SIZES);
        table(text, "One way (bytes a second)", "oneway", "bytes_per_s", SIZES);
        table(text, "One way, 16 records a commit (records a second)", "batch", "records_per_s", SIZES);
        table(text, "Hand-over, payload untouched, there and back, mean (ns)", "handover", "mean_ns", SIZES);
        table(text, "Allocation, writer of a round trip (bytes a record)", "rtt", "bytes_a_record", SIZES);
        rings(text);
        rest(text);
        return text.toString();
    }

    private void goals(StringBuilder text) {
        List<Goal> measured =
                Goal.ALL.stream().filter(goal -> goal.measured(figures)).toList();
        if (measured.isEmpty()) return;
        text.append("\n### Goals\n\nDataHub through its handles, divided by the other.\n\n");
        text.append("| work | bytes | other | goal | here | |\n|---|---:|---|---:|---:|---|\n");
        for (Goal goal : measured) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s, %s | %s | %s | %s %s | %.2f | %s |%n",
                    goal.work(),
                    goal.metric(),
                    bytes(goal.bytes()),
                    goal.against(),
                    goal.below() ? "<=" : ">=",
                    goal.limit(),
                    goal.ratio(figures),
                    goal.met(figures) ? "met" : "missed"));
        }
        other(text, "hand-over of 1 MiB to 8 B", "handover", 1 << 20, "handover", 8, "mean_ns", 1.1);
        other(
                text,
                "producer's CPU time, 7 sleeping observers to none",
                "crowd-7",
                64,
                "crowd-0",
                64,
                "cpu_ns_a_record",
                1.1);
        if (figures.has("wake", "datahub", 64, "idle_cpu_percent")) {
            double percent = figures.median("wake", "datahub", 64, "idle_cpu_percent");
            text.append(String.format(
                    Locale.ROOT,
                    "| a blocked consumer's CPU time, percent | | | < 0.1 | %.2f | %s |%n",
                    percent,
                    percent < 0.1 ? "met" : "missed"));
        }
    }

    private void other(
            StringBuilder text,
            String what,
            String work,
            int bytes,
            String than,
            int thanBytes,
            String metric,
            double limit) {
        if (!figures.has(work, "datahub", bytes, metric) || !figures.has(than, "datahub", thanBytes, metric)) return;
        double ratio =
                figures.median(work, "datahub", bytes, metric) / figures.median(than, "datahub", thanBytes, metric);
        text.append(String.format(
                Locale.ROOT,
                "| %s | | | <= %s | %.2f | %s |%n",
                what,
                limit,
                ratio,
                ratio <= limit ? "met" : "missed"));
    }

    private void table(StringBuilder text, String title, String work, String metric, List<Integer> sizes) {
        List<Integer> columns = sizes.stream()
                .filter(bytes ->
                        Arrays.stream(Peer.values()).anyMatch(peer -> figures.has(work, peer.label(), bytes, metric)))
                .toList();
        if (columns.isEmpty()) return;
        text.append("\n### ").append(title).append("\n\n| system |");
        for (int bytes : columns) text.append(' ').append(bytes(bytes)).append(" |");
        text.append("\n|---|").append("---:|".repeat(columns.size())).append('\n');
        for (Peer peer : Peer.values()) {
            if (columns.stream().noneMatch(bytes -> figures.has(work, peer.label(), bytes, metric))) continue;
            text.append("| ").append(peer.label()).append(" |");
            for (int bytes : columns) {
                text.append(' ').append(cell(work, peer.label(), bytes, metric)).append(" |");
            }
            text.append('\n');
        }
    }

    private String cell(String work, String system, int bytes, String metric) {
        if (!figures.has(work, system, bytes, metric)) return "";
        return number(figures.median(work, system, bytes, metric)) + " ["
                + number(figures.least(work, system, bytes, metric)) + ".."
                + number(figures.most(work, system, bytes, metric)) + "]";
    }

    private void rings(StringBuilder text) {
        List<String> rows = new ArrayList<>();
        for (int cells = 4; cells <= 1024; cells *= 2) {
            String work = "ring-" + cells;
            if (!figures.has(work, "datahub", 1 << 16, "records_per_s")) continue;
            rows.add("| " + cells + " | " + bytes(cells << 16) + " | " + cell(work, "c", 1 << 16, "records_per_s")
                    + " | " + cell(work, "datahub", 1 << 16, "records_per_s") + " |");
        }
        if (rows.isEmpty()) return;
        text.append("\n### Size of the ring, one way, 64 KiB (records a second)\n\n");
        text.append("| cells | ring | c | datahub |\n|---:|---:|---:|---:|\n");
        rows.forEach(row -> text.append(row).append('\n'));
    }

    private void rest(StringBuilder text) {
        if (figures.has("wake", "datahub", 64, "p50_ns")) {
            text.append(
                    "\n### A blocked consumer is woken (ns, one way)\n\n| system | median | 99 of 100 |\n|---|---:|---:|\n");
            for (String system : List.of("c", "datahub")) {
                text.append("| ")
                        .append(system.equals("c") ? "a bare futex in C" : system)
                        .append(" | ");
                text.append(cell("wake", system, 64, "p50_ns")).append(" | ");
                text.append(cell("wake", system, 64, "p99_ns")).append(" |\n");
            }
            text.append("\n| a process that sleeps | CPU time, percent of one core |\n|---|---:|\n");
            sleeper(text, "a blocked consumer, nothing comes", "idle_cpu_percent");
            sleeper(text, "its JVM afterwards, which does nothing", "jvm_cpu_percent");
            sleeper(text, "the same, and a thread wakes up ten times a second for nothing", "ticking_cpu_percent");
        }
        if (figures.has("crowd-7", "datahub", 64, "cpu_ns_a_record")) {
            text.append("\n### Observers beside one lossless consumer, one way, 64 bytes\n\n"
                    + "| observers | producer's CPU time a record (ns) | records a second |\n|---:|---:|---:|\n");
            for (int observers : List.of(0, 7)) {
                text.append("| ").append(observers).append(" | ");
                text.append(cell("crowd-" + observers, "datahub", 64, "cpu_ns_a_record"))
                        .append(" | ");
                text.append(cell("crowd-" + observers, "datahub", 64, "records_per_s"))
                        .append(" |\n");
            }
        }
        if (figures.has("spacing", "c", 8, "apart_64_stores_per_s")) {
            text.append("\n### Two cores, a word each: stores a second by the bytes between the words\n\n"
                    + "| 8 | 64 | 128 | 256 |\n|---:|---:|---:|---:|\n|");
            for (int apart : List.of(8, 64, 128, 256)) {
                text.append(' ')
                        .append(cell("spacing", "c", 8, "apart_" + apart + "_stores_per_s"))
                        .append(" |");
            }
            text.append('\n');
        }
    }

    private void sleeper(StringBuilder text, String who, String metric) {
        text.append("| ")
                .append(who)
                .append(" | ")
                .append(cell("wake", "datahub", 64, metric))
                .append(" |\n");
    }

    private static String bytes(int count) {
        if (count >= 1 << 20) return (count >> 20) + " MiB";
        return count >= 1024 ? (count >> 10) + " KiB" : count + " B";
    }

    /// Three figures and a unit.
    static String number(double value) {
        if (value >= 1e9) return three(value / 1e9) + " G";
        if (value >= 1e6) return three(value / 1e6) + " M";
        if (value >= 1e4) return three(value / 1e3) + " k";
        return three(value);
    }

    private static String three(double value) {
        String format = value >= 100 || value == 0 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
