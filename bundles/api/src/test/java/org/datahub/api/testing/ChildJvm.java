package org.datahub.api.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Another JVM with this one's class path, for what happens between processes only. It talks by
/// lines, and it is
/// dead when it is closed.
public final class ChildJvm implements AutoCloseable {
    /// What a JVM needs for DataHub.
    public static final List<String> NATIVE =
            List.of("--enable-native-access=ALL-UNNAMED", "--illegal-native-access=deny");

    private static final long DEADLINE_SECONDS = 60;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Path errors;
    private final Process process;
    private final PrintStream input;

    private ChildJvm(ProcessBuilder builder) {
        try {
            errors = Files.createTempFile("datahub-child", ".err");
            process = builder.redirectError(errors.toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().start(() -> {
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                reader.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                lines.add("unreadable: " + e);
            }
        });
    }

    /// Starts `main` with native access.
    public static ChildJvm start(Class<?> main, Object... arguments) {
        return start(new ProcessBuilder(), NATIVE, main, arguments);
    }

    /// Starts `main` with these JVM options, and the environment of `builder`; where that names a
    /// program, it is
    /// taken for java.
    public static ChildJvm start(ProcessBuilder builder, List<String> options, Class<?> main, Object... arguments) {
        List<String> words = new ArrayList<>(builder.command());
        if (words.isEmpty()) words.add(System.getProperty("java.home") + "/bin/java");
        words.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"));
        words.addAll(options);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) words.add(argument.toString());
        return new ChildJvm(builder.command(words));
    }

    /// Its process id.
    public long pid() {
        return process.pid();
    }

    /// The next line that it prints.
    public String line() {
        try {
            String line = lines.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            return line != null ? line : fail("the child says nothing: alive=" + process.isAlive() + ", " + errors());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The next line, or null if there is none yet.
    public String lineNow() {
        return lines.poll();
    }

    /// Writes a line to it.
    public void say(String line) {
        input.println(line);
    }

    /// Sends a signal by its short name: KILL, STOP, CONT, TERM.
    public void signal(String name) {
        Command.run("sh", "-c", "kill -" + name + " " + pid());
    }

    /// Waits for its end.
    public int exit() {
        try {
            assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "the child does not end");
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What it wrote to its standard error until now.
    public String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        exit();
        try {
            Files.deleteIfExists(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
