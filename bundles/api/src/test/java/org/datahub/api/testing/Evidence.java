package org.datahub.api.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/// What a test with full counts has shown, as a row of docs/evidence.md; a row of the same commit
/// and fact is replaced.
/// Without `datahub.proof` it is printed only.
public final class Evidence {
    private static final String HEAD = """
            # Evidence

            What the long tests measured. `./mvnw verify -Pproof` counts in full and writes a row for each fact; a commit
            with `+` had changes that were not committed. Latencies are those of the machine in the row, whose processes
            shared its cores; no test asserts them.

            | date | commit | what | counted | measured | seconds | machine |
            |------|--------|------|---------|----------|--------:|---------|
            """;

    private final String what;
    private final long begin = System.nanoTime();

    private Evidence(String what) {
        this.what = what;
    }

    /// Begins to measure; `what` is the fact.
    public static Evidence of(String what) {
        return new Evidence(what);
    }

    /// The fact holds.
    public void row(String counted, String measured) throws IOException, InterruptedException {
        String seconds =
                Long.toString(Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        System.out.println("evidence: " + what + ": " + counted + "; " + measured + "; " + seconds + " s");
        if (!Proof.FULL) return;
        Path root = root();
        String key = " | " + commit(root) + " | " + what + " | ";
        String row = "| " + LocalDate.now(ZoneOffset.UTC) + key + counted + " | " + measured + " | " + seconds + " | "
                + machine() + " |";
        Path file = root.resolve("docs/evidence.md");
        Files.createDirectories(file.getParent());
        List<String> lines = new ArrayList<>(
                Files.exists(file) ? Files.readAllLines(file) : HEAD.lines().toList());
        lines.removeIf(line -> line.contains(key));
        lines.add(row);
        Files.write(file, lines);
    }

    private static Path root() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("mvnw"))) root = root.getParent();
        return root;
    }

    private static String commit(Path root) throws IOException, InterruptedException {
        boolean changed = !output(root, "git", "status", "--porcelain", "--", ".", ":!docs/evidence.md")
                .isEmpty();
        return output(root, "git", "rev-parse", "--short", "HEAD") + (changed ? "+" : "");
    }

    private static String machine() throws IOException {
        String model = line(Path.of("/proc/cpuinfo"), "model name").replaceFirst(".*: *", "");
        long kilobytes =
                Long.parseLong(line(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", ""));
        return model + ", " + Runtime.getRuntime().availableProcessors() + " cores, " + (kilobytes >> 20)
                + " GiB, Linux " + System.getProperty("os.version") + ", JDK " + Runtime.version();
    }

    private static String line(Path file, String prefix) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(prefix))
                .findFirst()
                .orElse(prefix + ": unknown 0");
    }

    private static String output(Path directory, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) throw new IOException(String.join(" ", command) + ": " + text);
        return text;
    }
}
