package org.datahub.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands of docs/performance.md run to their end, with real processes and sums that are
/// checked; how fast they are is not looked at.
class BenchIT {
    private static final Pattern JSON = Pattern.compile(
            "\\{\"work\":\"[a-z0-9-]+\",\"system\":\"[a-z0-9-]+\",\"size_bytes\":\\d+,\"metric\":\"\\w+\","
                    + "\"median\":[-0-9.e+]+,\"min\":[-0-9.e+]+,\"max\":[-0-9.e+]+,\"runs\":\\d+}");

    @TempDir
    Path directory;

    private record Run(int status, List<String> out, String err) {}

    private Run bench(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dbench.sources=" + System.getProperty("bench.sources"),
                "-Dbench.docs=" + directory,
                "-cp",
                System.getProperty("bench.classpath"),
                Bench.class.getName()));
        command.addAll(List.of(arguments));
        Path err = directory.resolve("err");
        Process process =
                new ProcessBuilder(command).redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out.lines().toList(), Files.readString(err));
    }

    private static void assertMeasured(Run run, String... systems) {
        assertEquals(0, run.status(), run.err());
        for (String line : run.out()) assertTrue(JSON.matcher(line).matches(), line);
        for (String system : systems) {
            assertTrue(
                    run.out().stream().anyMatch(line -> line.contains("\"system\":\"" + system + "\"")),
                    () -> system + " is missing: " + run.out());
        }
    }

    @Test
    void aloneItMeasuresDataHubAndTheLimit() throws Exception {
        assertMeasured(
                bench("--json", "--rounds", "1", "--millis", "10", "--anywhere"), "datahub", "datahub-crc32c", "c");
    }

    @Test
    void oneCellIsMeasuredAlone() throws Exception {
        Run run = bench("--only", "rtt:8:c,datahub-l0", "--json", "--rounds", "1", "--millis", "10", "--anywhere");
        assertMeasured(run, "c", "datahub-l0");
        assertTrue(
                run.out().stream().allMatch(line -> line.contains("\"rtt\"")),
                run.out().toString());
    }

    @Test
    void sleepersAreMeasuredAlone() throws Exception {
        Run wake = bench("--only", "wake", "--json", "--rounds", "1", "--millis", "10", "--anywhere");
        assertMeasured(wake, "c", "datahub");
        for (String metric : List.of("p50_ns", "idle_cpu_percent", "jvm_cpu_percent", "ticking_cpu_percent")) {
            assertTrue(wake.out().stream().anyMatch(line -> line.contains(metric)), metric);
        }
        Run crowd = bench("--only", "crowd", "--json", "--rounds", "1", "--millis", "10", "--anywhere");
        assertMeasured(crowd, "datahub");
        for (String work : List.of("crowd-0", "crowd-7")) {
            assertTrue(crowd.out().stream().anyMatch(line -> line.contains(work)), work);
        }
    }

    @Test
    void pagesOfDifferentSizeAreMeasured() throws Exception {
        assertMeasured(bench("memory", "--json", "--rounds", "1", "--millis", "10", "--mebibytes", "16"), "shm", "thp");
    }

    @Test
    void theTableOfPagesIsWrittenBetweenItsMarks() throws Exception {
        Path page = Files.writeString(
                directory.resolve("performance.md"), "before\n<!-- memory -->\nold\n<!-- end of memory -->\nafter\n");
        Run run = bench("memory", "--rounds", "1", "--millis", "10", "--mebibytes", "16");
        assertEquals(0, run.status(), run.err());
        String text = Files.readString(page);
        assertTrue(text.startsWith("before\n<!-- memory -->\n\n`./datahub bench memory --rounds 1"), text);
        assertTrue(text.endsWith("<!-- end of memory -->\nafter\n"), text);
        assertTrue(text.contains("| `shm` | 4,096 B |") && !text.contains("old"), text);
    }

    @Test
    void quicklyItMeasuresPeersToo() throws Exception {
        assertMeasured(
                bench("peers", "--quick", "--json", "--rounds", "1", "--millis", "10", "--anywhere"),
                "datahub",
                "c",
                "aeron",
                "agrona");
    }

    @Test
    void withoutJsonItPrintsTables() throws Exception {
        Run run = bench("--only", "rtt:64", "--rounds", "1", "--millis", "10", "--anywhere");
        assertEquals(0, run.status(), run.err());
        assertTrue(run.out().contains("### Goals"), run.out().toString());
    }

    @Test
    void badArgumentsAreRefusedByName() throws Exception {
        Run unknown = bench("pears");
        assertEquals(2, unknown.status());
        assertTrue(unknown.err().contains("what=pears"), unknown.err());
        Run cell = bench("--only", "rtt:7");
        assertEquals(2, cell.status());
        assertTrue(cell.err().contains("bytes=7"), cell.err());
        Run negative = bench("--rounds", "-1");
        assertEquals(2, negative.status());
        assertTrue(negative.err().contains("rounds=-1"), negative.err());
    }
}
