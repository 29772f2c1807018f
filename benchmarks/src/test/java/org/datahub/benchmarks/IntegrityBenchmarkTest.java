package org.datahub.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

class IntegrityBenchmarkTest {
    /// In this process and one moment each: that it runs, not how fast.
    @Test
    void bothSidesOfEveryProviderStandInTheTable() throws Exception {
        String table = new IntegrityReport(new Runner(new OptionsBuilder()
                                .include(IntegrityBenchmark.class.getSimpleName())
                                .forks(0)
                                .warmupIterations(0)
                                .measurementIterations(1)
                                .measurementTime(TimeValue.milliseconds(1))
                                .shouldFailOnError(true)
                                .verbosity(VerboseMode.SILENT)
                                .build())
                        .run())
                .text("a command", "a machine");
        List<String> rows = table.lines().filter(line -> line.contains(" ns, ")).toList();
        assertEquals(10, rows.size(), table);
        for (String row : rows) assertEquals(4, row.split(" GB/s").length - 1, row);
        for (String word : List.of("crc32c | seal", "hmac-sha256 jdk | verify", "blake2b-256 builtin | verify")) {
            assertTrue(table.contains("| " + word + " |"), word + " is missing: " + table);
        }
    }
}
