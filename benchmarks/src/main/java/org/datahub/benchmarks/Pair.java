package org.datahub.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Runs one pair of processes, a on core 0 and b on core 1, in a directory of its own on tmpfs.
final class Pair {
    /// Of a pair that seals with one: a file in its directory.
    static final String KEY = "bench.key";

    private static final int AWAKE = 600; // milliseconds in which JVMs start
    private static final int LOOKS = 400;
    private static final long LOOK_NANOS = 250_000_000;
    private static final int TRIES = 6;
    private static final int MOST_SECONDS = 20;
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Limit limit;
    private final Placement placement;

    Pair(Limit limit, Placement placement) {
        this.limit = limit;
        this.placement = placement;
    }

    /// What the two printed, by name. Repeats what ran elsewhere than it should; null where no run
    /// found its place.
    Map<String, Double> run(Peer peer, String work, Plan plan) throws IOException, InterruptedException {
        for (int tried = 0; tried < TRIES; tried++) {
            if (!peer.slow() && !awaitPlace(peer)) return null;
            Map<String, Double> figures = once(peer, work, plan, null);
            if (peer.slow() || placement.fits(placement.distance(0))) return figures;
        }
        return null;
    }

    /// One run in `directory`, with whatever runs beside it; null where it ran elsewhere than it
    /// should.
    Map<String, Double> run(Peer peer, String work, Plan plan, Path directory)
            throws IOException, InterruptedException {
        if (!awaitPlace(peer)) return null;
        Map<String, Double> figures = once(peer, work, plan, directory);
        return placement.fits(placement.distance(0)) ? figures : null;
    }

    private boolean awaitPlace(Peer peer) throws IOException, InterruptedException {
        for (int look = 0; look < LOOKS; look++) {
            if (placement.fits(placement.distance(0))
                    && placement.fits(placement.distance(peer.inC() ? AWAKE / 2 : AWAKE))) return true;
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return false;
    }

    private Map<String, Double> once(Peer peer, String work, Plan plan, Path given)
            throws IOException, InterruptedException {
        Path directory = given != null ? given : Files.createTempDirectory(Path.of("/dev/shm"), "datahub-bench");
        List<Process> started = new ArrayList<>();
        try {
            if (peer == Peer.DATAHUB_HMAC) makeKey(directory);
            if (peer == Peer.DISRUPTOR) {
                started.add(start(java(peer, plan, directory, DisruptorPair.class, work)));
            } else {
                started.add(start(side(peer, 'b', work, plan, directory)));
                started.add(start(side(peer, 'a', work, plan, directory)));
            }
            Map<String, Double> figures = new HashMap<>();
            for (Process process : started) figures.putAll(figures(process, peer.label() + " " + work, MOST_SECONDS));
            return figures;
        } finally {
            for (Process process : started) process.destroyForcibly().waitFor();
            if (given == null) delete(directory);
        }
    }

    /// Gives both processes of a pair that begins in this directory a key.
    private static void makeKey(Path directory) throws IOException {
        Path key = Files.createFile(
                directory.resolve(KEY),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, "0123456789abcdef".repeat(4));
    }

    private List<String> side(Peer peer, char side, String work, Plan plan, Path directory) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", side == 'a' ? "0" : "1"));
        if (peer.inC()) command.addAll(limit.side(peer, side, work, plan, directory));
        else command.addAll(java(peer, plan, directory, Side.class, "" + side, work, peer.label()));
        return command;
    }

    /// A JVM with the class path of this one.
    static List<String> java(Peer peer, Plan plan, Path directory, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                JAVA,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Xms1g",
                "-Xmx1g",
                "-XX:-UsePerfData",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-Dbench.bytes=" + plan.bytes(),
                "-Dbench.cells=" + plan.cells(),
                "-Dbench.batch=" + plan.batch(),
                "-Dbench.untouched=" + !plan.touched(),
                "-Dbench.warm=" + plan.warm(),
                "-Dbench.measured=" + plan.measured(),
                "-Dbench.directory=" + directory));
        command.addAll(peer.options());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /// What a process prints, by name, until it ends; after `seconds` it is ended.
    static Map<String, Double> figures(Process process, String what, int seconds)
            throws IOException, InterruptedException {
        Map<String, Double> figures = new HashMap<>();
        Thread watch = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(seconds, TimeUnit.SECONDS)) process.destroyForcibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        StringBuilder other = new StringBuilder();
        for (String line : new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
            String[] words = line.split(" ");
            if (words.length == 2 && words[1].matches("-?[0-9.]+([eE][-+]?[0-9]+)?")) {
                figures.put(words[0], Double.valueOf(words[1]));
            } else {
                other.append(line).append('\n');
            }
        }
        int status = process.waitFor();
        watch.interrupt();
        if (status != 0) {
            throw new BenchException(
                    "a run failed: run=" + what + ", status=" + status + "\n"
                            + other.toString().strip(),
                    null);
        }
        return figures;
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
