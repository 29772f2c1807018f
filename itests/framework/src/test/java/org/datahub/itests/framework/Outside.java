package org.datahub.itests.framework;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A process outside the container, and what it says.
final class Outside implements AutoCloseable {
    private static final String END = "(ended)";

    private final Process process;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /// Starts an [OutsideConsumer] of this block, that is evidence of `fact`, and holds the key in the file.
    Outside(String block, String fact, Path... key) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(System.getProperty("datahub.jvm").split(" ")));
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx128m", "-cp", System.getProperty("outside.classpath")));
        command.add("-Ddatahub.proof=" + System.getProperty("datahub.proof"));
        command.add(OutsideConsumer.class.getName());
        command.addAll(List.of(
                System.getProperty("hub.directory"), block, fact + ", " + System.getProperty("expected.framework")));
        for (Path file : key) command.add(file.toString());
        process = new ProcessBuilder(command)
                .directory(Path.of(System.getProperty("outside.directory")).toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Thread.ofPlatform().daemon().name("outside").start(this::read);
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                if (line.startsWith("evidence: ")) System.out.println(line);
            }
        } catch (IOException e) {
            // It is gone, and its pipe with it.
        }
        lines.add(END);
    }

    /// Gives it an order.
    void send(String order) throws IOException {
        process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /// The next line that begins in one of these ways; lines before it are passed over.
    String await(String... beginnings) throws InterruptedException {
        long deadline = System.nanoTime() + Container.PATIENCE.toNanos();
        while (true) {
            String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) throw new AssertionError("the process outside does not say: " + List.of(beginnings));
            if (Arrays.stream(beginnings).anyMatch(line::startsWith)) return line;
            if (line.startsWith("wrong") || line.equals(END)) throw new AssertionError("outside: " + line);
        }
    }

    /// Waits until it got so many slots more.
    void more(long slots) throws Exception {
        send("more " + slots);
        await("more");
    }

    @Override
    public void close() throws Exception {
        process.destroyForcibly().waitFor();
    }
}
