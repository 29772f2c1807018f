package org.datahub.api.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Programs of the operating system that a test needs.
public final class Command {
    private Command() {}

    /// Runs it to its end and returns what it printed; anything but exit 0 within 60 s fails the
    /// test.
    public static String run(String... words) {
        return feed("", words);
    }

    /// The same, with `input` on its standard input.
    public static String feed(String input, String... words) {
        try {
            Path output = Files.createTempFile("datahub-command", ".txt");
            try {
                Process process = new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                try (var in = process.getOutputStream()) {
                    in.write(input.getBytes(StandardCharsets.UTF_8));
                }
                boolean ended = process.waitFor(60, TimeUnit.SECONDS);
                if (!ended) process.destroyForcibly();
                String text = Files.readString(output);
                assertTrue(ended, () -> String.join(" ", words) + " does not end: " + text);
                assertEquals(0, process.exitValue(), () -> String.join(" ", words) + ": " + text);
                return text;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Ends the test as one that can't run here, unless this is CI, where everything must run.
    public static void requireTool(String name) {
        boolean there = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(name)));
        require(there, "not installed: " + name);
    }

    /// Ends the test as one that can't run here where `holds` is false, unless this is CI, where
    /// everything must
    /// run.
    public static void require(boolean holds, String otherwise) {
        if (holds) return;
        if ("true".equals(System.getenv("CI"))) fail(otherwise);
        abort(otherwise);
    }
}
