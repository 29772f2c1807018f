package org.datahub.distribution.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// A process of the demo as the conductor sees it: alive or not, and the newest of its reports.
final class Child {
    private final Process process;
    private final Thread reader;
    private final Map<String, Report.Got> got = new ConcurrentHashMap<>();
    private final Map<String, Report.Ready> ready = new ConcurrentHashMap<>();

    private Child(Process process) {
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().name("demo-reports").start(this::read);
    }

    /// Runs `main` on this process's JVM; standard error is shared, input and output are pipes. It
    /// may outlive this process, but not by much: see [Lifeline].
    static Child start(List<String> flags, String classPath, Class<?> main, Path hubDirectory, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("DATAHUB_DIR", hubDirectory.toString());
        return new Child(builder.start());
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                switch (Report.of(line)) {
                    case Report.Ready report -> ready.put(report.stream(), report);
                    case Report.Got report -> got.put(report.stream(), report);
                }
            }
        } catch (IOException e) {
            // The process was killed in the middle of a line: what came before it counts.
        }
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    boolean ready(String stream) {
        return ready.containsKey(stream);
    }

    /// The newest report on a stream; one of nothing while there is none.
    Report.Got got(String stream) {
        return got.getOrDefault(stream, Report.Got.nothing(stream));
    }

    /// SIGKILL; whether the process died of it.
    boolean kill() throws InterruptedException {
        process.destroyForcibly();
        return process.waitFor() == 128 + 9;
    }

    /// Asks it to end, by closing its standard input.
    void end() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It is gone already.
        }
    }

    /// Whether it has ended by itself with status 0 within `seconds`, all its reports read.
    boolean ended(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) return false;
        reader.join(TimeUnit.SECONDS.toMillis(seconds));
        return process.exitValue() == 0;
    }

    /// Waits for its end until `deadline` of `System.nanoTime`, then kills it.
    void gone(long deadline) {
        try {
            boolean ended = process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (!ended) process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
