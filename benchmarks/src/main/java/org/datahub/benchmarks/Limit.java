package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The programs in C, compiled here for this machine.
final class Limit {
    private final Path directory;

    /// Compiles `limit.c` and `probe.c` of `sources` into `directory`.
    Limit(Path sources, Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        compile("limit", sources.resolve("limit.c"), "-O3", "-march=native", "-fno-tree-vectorize");
        compile("limit-vector", sources.resolve("limit.c"), "-O3", "-march=native");
        compile("probe", sources.resolve("probe.c"), "-O2");
    }

    private void compile(String name, Path source, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("gcc"));
        command.addAll(List.of(options));
        command.addAll(List.of("-pthread", "-o", program(name), source.toString()));
        Process gcc;
        try {
            gcc = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            throw new BenchException("gcc is missing; it builds the limit in C: apt install gcc libc6-dev", e);
        }
        if (gcc.waitFor() != 0 || !Files.isExecutable(Path.of(program(name)))) {
            throw new BenchException("gcc failed: source=" + source, null);
        }
    }

    String program(String name) {
        return directory.resolve(name).toString();
    }

    /// One side of a pair.
    List<String> side(Peer peer, char side, String work, Plan plan, Path pair) {
        long lag = peer == Peer.C ? 1 : Math.max(1, Math.min(16, (plan.cells() - plan.batch()) / 4));
        return List.of(
                program(peer == Peer.C_VECTOR ? "limit-vector" : "limit"),
                "" + side,
                work,
                "" + plan.bytes(),
                "" + plan.cells(),
                "" + plan.stride(),
                "" + plan.batch(),
                "" + lag,
                plan.touched() ? "1" : "0",
                "" + plan.warm(),
                "" + plan.measured(),
                pair.resolve("limit").toString());
    }
}
