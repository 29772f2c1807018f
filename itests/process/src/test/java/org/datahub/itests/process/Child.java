package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.datahub.api.testing.Proof;

/// A process that a test started. It dies with the test's JVM. What it prints is read all the time;
/// every wait has a
/// deadline, and a failure shows what the process said.
final class Child implements AutoCloseable {
    /// How long a test waits for what must come. Long, because the machine may be busy; never
    /// reached when all is well.
    static final Duration PATIENCE = Duration.ofSeconds(Proof.FULL ? 600 : 90);

    // A child dies with the thread that started it, which is the one that runs the tests; and SIGINT does its work
    // although
    // a shell that started all this in the background has it ignored. Where these tools are older, without.
    private static final List<String> PREFIX =
            prefix("setpriv", "--pdeathsig", "KILL", "--", "env", "--default-signal=INT");
    private static final int SHOWN_LINES = 30;

    private final String name;
    private final Process process;
    private final Lines out;
    private final Lines error;
    private final Thread reader;

    private Child(String name, ProcessBuilder builder, OutputStream sink) throws IOException {
        this.name = name;
        this.process = builder.start();
        this.out = new Lines();
        this.error = new Lines();
        read(name + " stderr", process.getErrorStream(), error);
        this.reader = sink == null
                ? read(name + " stdout", process.getInputStream(), out)
                : copy(name + " stdout", process.getInputStream(), sink);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /// Starts a command; its standard output goes to `sink`, or is read line by line where that is
    /// null.
    static Child start(String name, Map<String, String> environment, OutputStream sink, List<String> command)
            throws IOException {
        List<String> whole = new ArrayList<>(PREFIX);
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole);
        builder.environment().putAll(environment);
        return new Child(name, builder, sink);
    }

    private static List<String> prefix(String... words) {
        List<String> trial = new ArrayList<>(List.of(words));
        trial.add("true");
        try {
            Process process = new ProcessBuilder(trial).start();
            return process.waitFor() == 0 ? List.of(words) : List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Starts a [Peer] on this JVM's class path, with a hub directory, a role and `name=value`
    /// options.
    static Child peer(Path hub, String role, String... options) throws IOException {
        return start(role, Map.of(), null, peerCommand(hub, role, options));
    }

    /// The same in a process that has not the bundle of this name.
    static Child peerWithout(String bundle, Path hub, String role, String... options) throws IOException {
        List<String> command = peerCommand(hub, role, options);
        int at = command.indexOf("-cp") + 1;
        String separator = System.getProperty("path.separator");
        String fewer = Arrays.stream(command.get(at).split(separator))
                .filter(entry -> !entry.contains(bundle))
                .collect(Collectors.joining(separator));
        if (fewer.equals(command.get(at))) fail("not on the class path: bundle=" + bundle);
        command.set(at, fewer);
        return start(role, Map.of(), null, command);
    }

    /// The command that starts a [Peer].
    static List<String> peerCommand(Path hub, String role, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        String needed = "--enable-native-access=ALL-UNNAMED --illegal-native-access=deny";
        command.addAll(List.of(System.getProperty("datahub.jvm", needed).split(" ")));
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx256m", "-Xshare:auto"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Peer.class.getName()));
        command.addAll(List.of(role, "hub=" + hub));
        command.addAll(List.of(options));
        return command;
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /// Its standard input.
    OutputStream input() {
        return process.getOutputStream();
    }

    /// Sends it a line.
    void send(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(describe(), e);
        }
    }

    /// The next line of its standard output that begins with `prefix`; lines before it are passed
    /// over.
    String await(String prefix) {
        return await(out, prefix, line -> line.startsWith(prefix));
    }

    /// The next line of its standard error that has `text` in it.
    String awaitError(String text) {
        return await(error, text, line -> line.contains(text));
    }

    private String await(Lines lines, String text, Predicate<String> wanted) {
        String line = lines.await(wanted, PATIENCE);
        if (line == null) fail(name + " did not print '" + text + "'. " + describe());
        return line;
    }

    /// Every line of its standard output so far.
    List<String> lines() {
        return out.all();
    }

    /// Every line of its standard error so far.
    List<String> errors() {
        return error.all();
    }

    /// SIGKILL; returns at once.
    void kill() {
        process.destroyForcibly();
    }

    /// SIGSTOP; returns when every thread of the process is stopped.
    void stop() throws IOException, InterruptedException {
        signal("STOP");
        Awaitility.await().atMost(PATIENCE).until(this::stopped);
    }

    private boolean stopped() throws IOException {
        try (var threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
            for (Path thread : threads.toList()) {
                String stat = Files.readString(thread.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') return false;
            }
        }
        return true;
    }

    /// Sends the signal of this name: STOP, CONT, INT, TERM.
    void signal(String signal) throws IOException, InterruptedException {
        signal(process.pid(), signal);
    }

    static void signal(long pid, String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) fail("kill -" + signal + " " + pid + ": exit=" + kill.exitValue());
    }

    /// Waits for its end and for all it said; its exit code, 128 + the signal that killed it.
    int exit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) fail(name + " did not end. " + describe());
        reader.join(PATIENCE.toMillis());
        error.awaitEnd(PATIENCE);
        return process.exitValue();
    }

    /// Waits for its end, which must be a clean one.
    void exitCleanly() throws InterruptedException {
        int code = exit();
        if (code != 0) fail(name + " ended with exit code " + code + ". " + describe());
    }

    /// Who it is and what it said last.
    String describe() {
        return name + " pid=" + pid() + (alive() ? " alive" : " exit=" + process.exitValue()) + "\nstdout: "
                + out.tail() + "\nstderr: " + error.tail();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread read(String name, InputStream from, Lines to) {
        return daemon(name, () -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) to.add(line);
            } catch (IOException e) {
                // The process is gone, and its pipe with it.
            } finally {
                to.end();
            }
        });
    }

    private static Thread copy(String name, InputStream from, OutputStream to) {
        return daemon(name, () -> {
            try (from;
                    to) {
                from.transferTo(to);
            } catch (IOException e) {
                // As above.
            }
        });
    }

    private static Thread daemon(String name, Runnable body) {
        return Thread.ofPlatform().daemon().name(name).start(body);
    }

    /// Lines as they come, and how far the test has read them.
    private static final class Lines {
        private final List<String> lines = new ArrayList<>();
        private int read;
        private boolean ended;

        synchronized void add(String line) {
            lines.add(line);
            notifyAll();
        }

        synchronized void end() {
            ended = true;
            notifyAll();
        }

        synchronized String await(Predicate<String> wanted, Duration patience) {
            long deadline = System.nanoTime() + patience.toNanos();
            while (true) {
                for (int at = read; at < lines.size(); at++) {
                    if (!wanted.test(lines.get(at))) continue;
                    read = at + 1;
                    return lines.get(at);
                }
                if (ended || !sleep(deadline)) return null;
            }
        }

        synchronized void awaitEnd(Duration patience) {
            long deadline = System.nanoTime() + patience.toNanos();
            while (!ended && sleep(deadline)) continue;
        }

        private boolean sleep(long deadline) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) return false;
            try {
                wait(left);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        synchronized List<String> all() {
            return List.copyOf(lines);
        }

        synchronized String tail() {
            int from = Math.max(0, lines.size() - SHOWN_LINES);
            return String.join("\n        ", lines.subList(from, lines.size()));
        }
    }
}
