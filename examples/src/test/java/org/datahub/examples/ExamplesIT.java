package org.datahub.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The examples as users start them: each a process, on real blocks, without a container.
class ExamplesIT {
    private static final long PATIENCE_SECONDS = 90;
    private static final Path JAR = Path.of(System.getProperty("examples.jar"));
    private static final Path MODULES = Path.of(System.getProperty("examples.modules"));

    /// How java finds the classes, and what it must be told.
    private enum On {
        CLASS_PATH {
            @Override
            List<String> words(String example) {
                return List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--illegal-native-access=deny",
                        "-cp",
                        JAR + File.pathSeparator + MODULES + "/*",
                        "org.datahub.examples." + example);
            }
        },
        MODULE_PATH {
            @Override
            List<String> words(String example) {
                return List.of(
                        "--enable-native-access=org.datahub.posix",
                        "--illegal-native-access=deny",
                        "-p",
                        JAR + File.pathSeparator + MODULES,
                        "-m",
                        "org.datahub.examples/org.datahub.examples." + example);
            }
        };

        abstract List<String> words(String example);
    }

    private Path hub;

    @BeforeEach
    void makeHub() throws IOException {
        hub = Files.createTempDirectory(
                Path.of("/dev/shm"),
                "datahub-examples-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @AfterEach
    void removeHub() throws IOException {
        try (var paths = Files.walk(hub)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    @ParameterizedTest
    @EnumSource
    void recordsAreReadToTheEndOfTheStream(On on) throws Exception {
        assertEquals(List.of("written up to slot 9"), run(on, "WriteRecords"));
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < 10; i++) wanted.add(i + ": " + (20 + i / 10.0));
        wanted.add("received 10, missed 0");
        assertEquals(wanted, run(on, "ReadRecords"));
        assertEquals(List.of("written up to slot 19"), run(on, "WriteRecords"));
    }

    @ParameterizedTest
    @EnumSource
    void theNewestValueIsThere(On on) throws Exception {
        assertEquals(List.of("published"), run(on, "PublishState"));
        assertEquals(List.of("999: 999 998001"), run(on, "WatchNewest"));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotCommittedLeavesNoTrace(On on) throws Exception {
        assertEquals(List.of("0: one", "1: two"), run(on, "Transactions"));
    }

    @ParameterizedTest
    @EnumSource
    void aMillionRecordsPass(On on) throws Exception {
        long sum = LongStream.range(0, 1_000_000).sum();
        assertEquals(List.of("received 1000000, sum " + sum), run(on, "LayerOne"));
    }

    /// Runs an example to its end; its output. Its standard error stays empty.
    private List<String> run(On on, String example) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(on.words(example));
        Path out = Files.createTempFile("example-", ".out");
        Path error = Files.createTempFile("example-", ".err");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("DATAHUB_DIR", hub.toString());
        Process process = builder.redirectOutput(out.toFile())
                .redirectError(error.toFile())
                .start();
        try {
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> on + " " + example + " did not end");
            String said = Files.readString(error, StandardCharsets.UTF_8);
            assertEquals("", said);
            assertEquals(0, process.exitValue());
            return Files.readAllLines(out);
        } finally {
            process.destroyForcibly();
            Files.delete(out);
            Files.delete(error);
        }
    }
}
