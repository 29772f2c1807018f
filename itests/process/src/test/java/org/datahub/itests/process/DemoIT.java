package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.Proof;
import org.junit.jupiter.api.Test;

/// `datahub demo` for programs: what its last line says, and what it leaves behind.
class DemoIT {
    private static final int SECONDS = Proof.count("demo.seconds", 6, 20);

    @Test
    void everySlotArrivesOnceAndNothingIsLeft() throws Exception {
        Set<String> before = left();
        Evidence evidence = Evidence.of("datahub demo, a consumer killed half-way, integrity and memory swapped");
        try (TestHub unused = new TestHub();
                Child demo =
                        new Cli(unused.directory()).start("demo", "--seconds", String.valueOf(SECONDS), "--json")) {
            demo.exitCleanly();
            ObjectMapper mapper = new ObjectMapper();
            List<String> lines = demo.lines();
            for (String line : lines) assertTrue(mapper.readTree(line).isObject(), line);
            JsonNode summary = mapper.readTree(lines.getLast()).get("summary");
            assertEquals(1, summary.get("killed").asInt());
            assertEquals(2, summary.get("swaps").asInt());
            assertEquals(2, summary.get("streams").size());
            StringBuilder figures = new StringBuilder();
            for (JsonNode stream : summary.get("streams")) {
                String name = stream.get("name").asText();
                assertTrue(stream.get("published").asLong() > 0, name);
                assertEquals(
                        stream.get("published").asLong(), stream.get("received").asLong(), name);
                for (String zero : List.of("missed", "repeated", "misverified")) {
                    assertEquals(0, stream.get(zero).asLong(), name + " " + zero);
                }
                figures.append(figures.isEmpty() ? "" : ", ")
                        .append(name)
                        .append(" published=" + stream.get("published").asLong())
                        .append(String.format(
                                " p50=%.0f us", stream.get("p50_ns").asLong() / 1e3))
                        .append(String.format(
                                " p99=%.0f us", stream.get("p99_ns").asLong() / 1e3));
            }
            assertEquals(List.of(), unused.names());
            evidence.row(SECONDS + " s, missed=0, repeated=0, misverified=0", figures.toString());
        }
        Set<String> after = left();
        after.removeAll(before);
        assertEquals(Set.of(), after);
    }

    /// What demos have in shared memory and in the directory for temporary files.
    private static Set<String> left() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path directory : List.of(Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir")))) {
            try (var entries = Files.newDirectoryStream(directory, "datahub-demo-*")) {
                entries.forEach(entry -> found.add(entry.toString()));
            }
        }
        return found;
    }
}
