package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// What pages of different size cost, in turns, each time in a process of its own.
final class Pages {
    private static final String BEGIN = "<!-- memory -->";
    private static final String END = "<!-- end of memory -->";
    private static final List<String> ALLOCATORS = List.of("shm", "thp", "hugepages");
    private static final int SECONDS = 120;
    private static final String WORK = "pages";

    private final int mebibytes;
    private final int millis;
    private final Figures figures;
    private final Consumer<String> say;
    private final List<String> missing = new ArrayList<>();

    Pages(int mebibytes, int millis, Figures figures, Consumer<String> say) {
        this.mebibytes = mebibytes;
        this.millis = millis;
        this.figures = figures;
        this.say = say;
    }

    /// One round. An allocator that has no memory here is left out, and said why.
    void round() throws IOException, InterruptedException {
        for (String allocator : ALLOCATORS) {
            if (missing.contains(allocator)) continue;
            Path directory = Files.createTempDirectory(
                    Path.of("/dev/shm"),
                    "datahub-bench",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                Process process = Pair.start(command(allocator, directory));
                Map<String, Double> run = Pair.figures(process, allocator, SECONDS);
                figures.addAll(WORK, allocator, mebibytes, run);
            } catch (BenchException e) {
                if (allocator.equals("shm")) throw e;
                missing.add(allocator);
                say.accept("left out: " + reason(e.getMessage()));
            } finally {
                Pair.delete(directory);
            }
        }
    }

    private static String reason(String message) {
        return message.lines().filter(line -> line.contains("DH-")).findFirst().orElse(message);
    }

    private List<String> command(String allocator, Path directory) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", "0"));
        command.addAll(Pair.java(
                Peer.DATAHUB,
                Plan.of(Work.ONEWAY, 64, 1, 1),
                directory,
                PagesSide.class,
                allocator,
                "" + mebibytes,
                "" + millis));
        return command;
    }

    /// The figures as a table.
    String text(String command, String machine) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "`%s` on %s. A data segment of %d MiB, each time in a new process. Median [least..most] of the rounds.%n%n",
                command,
                machine,
                mebibytes));
        text.append(
                "| allocator | page, as got | make, a 4 KiB | first touch, a 4 KiB | sequential | random, one after the"
                        + " other |\n|---|---:|---:|---:|---:|---:|\n");
        for (String allocator : ALLOCATORS) {
            if (!figures.has(WORK, allocator, mebibytes, "random_ns")) continue;
            text.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %,d B | %s ns | %s ns | %s GB/s | %s ns |%n",
                    allocator,
                    (long) figures.median(WORK, allocator, mebibytes, "page_bytes"),
                    range(allocator, "make_ns_a_page", 1),
                    range(allocator, "first_touch_ns_a_page", 1),
                    range(allocator, "sequential_bytes_per_s", 1e9),
                    range(allocator, "random_ns", 1)));
        }
        for (String allocator : missing) text.append(String.format("%n`%s` had no memory here.%n", allocator));
        return text.toString();
    }

    private String range(String allocator, String metric, double unit) {
        return String.format(
                Locale.ROOT,
                "%.1f [%.1f..%.1f]",
                figures.median(WORK, allocator, mebibytes, metric) / unit,
                figures.least(WORK, allocator, mebibytes, metric) / unit,
                figures.most(WORK, allocator, mebibytes, metric) / unit);
    }

    /// Replaces the table in performance.md of `docs`.
    void write(Path docs, String table) throws IOException {
        Path page = docs.resolve("performance.md");
        String old = Files.readString(page);
        int begin = old.indexOf(BEGIN);
        int end = old.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new BenchException("no place for the figures: file=" + page + ", marks=" + BEGIN + " " + END, null);
        }
        Files.writeString(page, old.substring(0, begin) + BEGIN + "\n\n" + table + "\n" + old.substring(end));
    }
}
