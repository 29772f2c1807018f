package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `datahub bench`: what this machine does with DataHub, and with its peers.
@Command(
        name = "datahub bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures DataHub on this machine: two processes, each on a core of its own, every payload written and summed.",
            "Alone: DataHub and the same layout in C, in about a minute. With `peers`: Aeron, Agrona, Chronicle Queue, the "
                    + "Disruptor, JeroMQ and Unix sockets beside them, in turns, several rounds. `peers` and `operations` write "
                    + "docs/performance.md."
        })
public final class Bench implements Runnable {
    private static final int MILLIS = 500;
    private static final Set<String> OTHERS = Set.of("operations", "integrity", "memory");
    private static final int LARGE = 1 << 20;
    private static final int MEBIBYTES = 1024;
    private static final int WAKE_SECONDS = 60;
    private static final int TRIES = 6;
    private static final List<Integer> ALL_SIZES = List.of(8, 64, 1024, 65_536, 1 << 20);

    @Parameters(
            arity = "0..1",
            paramLabel = "peers|operations|integrity|memory",
            description = {
                "peers: compare with them; operations: single operations of one thread, by JMH;",
                "integrity: what sealing and verifying cost, by provider and size, writes docs/performance.md;",
                "memory: pages of different size, writes docs/performance.md"
            })
    private String what;

    @Option(names = "--json", description = "print one JSON object a line, and no table")
    private boolean json;

    @Option(names = "--quick", description = "with peers: DataHub, C, Aeron and Agrona only, in four minutes")
    private boolean quick;

    @Option(
            names = "--mebibytes",
            paramLabel = "N",
            defaultValue = "" + MEBIBYTES,
            description = "with memory: how large the data segment is")
    private int mebibytes;

    @Option(names = "--rounds", paramLabel = "N", description = "how often each pair runs")
    private int rounds;

    @Option(names = "--millis", paramLabel = "N", defaultValue = "" + MILLIS, description = "how long each run counts")
    private int millis;

    @Option(
            names = "--only",
            paramLabel = "WORK:BYTES[:SYSTEM,...]|wake|crowd",
            description = {
                "one cell alone, as handover:1048576:c,datahub; without systems, those two.",
                "WORK is rtt, oneway, batch or handover. Or wake, or crowd: the rows of those. Writes no document."
            })
    private String only;

    @Option(names = "--anywhere", description = "count what ran at any distance of the two cores")
    private boolean anywhere;

    private final Figures figures = new Figures();
    private final Set<String> leftOut = new HashSet<>();
    private Placement placement;
    private Limit limit;
    private Pair pair;

    /// Exit status 0, 1 when a run failed, 2 for bad arguments.
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Bench());
        line.setExecutionExceptionHandler((problem, command, result) -> {
            if (!(problem instanceof BenchException)) throw problem;
            System.err.println("datahub bench: " + problem.getMessage());
            return 1;
        });
        System.exit(line.execute(arguments));
    }

    @Override
    public void run() {
        boolean peers = "peers".equals(what);
        if (what != null && !OTHERS.contains(what) && !peers) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this),
                    "no such measurement: what=" + what + "; say peers, operations, integrity, memory, or nothing");
        }
        if (rounds < 0 || millis < 1 || mebibytes < 4) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this),
                    "too small: rounds=" + rounds + ", millis=" + millis + ", mebibytes=" + mebibytes
                            + "; say 1 or more, and 4 MiB or more");
        }
        if (rounds == 0 && !"operations".equals(what) && !"integrity".equals(what)) {
            rounds = "memory".equals(what) || peers && !quick ? 5 : 2;
        }
        Part part = only == null ? null : part(only);
        try {
            if ("operations".equals(what)) operations();
            else if ("integrity".equals(what)) integrity();
            else if ("memory".equals(what)) memory();
            else measure(peers, part);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What `--only` names.
    private interface Part {
        void measure() throws IOException, InterruptedException;
    }

    private Part part(String text) {
        return switch (text) {
            case "wake" -> this::wake;
            case "crowd" -> this::crowd;
            default -> cell(text);
        };
    }

    private Part cell(String text) {
        String[] parts = text.split(":");
        try {
            if (parts.length < 2 || parts.length > 3) throw new IllegalArgumentException("parts=" + parts.length);
            int bytes = Integer.parseInt(parts[1]);
            if (bytes < 8 || bytes % 8 != 0) throw new IllegalArgumentException("not whole words: bytes=" + bytes);
            Work work = Work.of(parts[0]);
            List<Peer> peers = Arrays.stream((parts.length == 3 ? parts[2] : "c,datahub").split(","))
                    .map(Peer::of)
                    .toList();
            return () -> {
                for (Peer peer : peers) one(peer, work, bytes);
            };
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this), "no such cell: only=" + text + ": " + e.getMessage());
        }
    }

    /// `part` alone, where it is not null.
    private void measure(boolean peers, Part part) throws IOException, InterruptedException {
        requireMachine();
        Path programs = Files.createTempDirectory("datahub-bench");
        try {
            limit = new Limit(Path.of(System.getProperty("bench.sources")), programs);
            placement = new Placement(limit, anywhere);
            pair = new Pair(limit, placement);
            for (int round = 1; round <= rounds; round++) {
                say("round " + round + " of " + rounds);
                if (part != null) part.measure();
                else if (!peers) own();
                else if (quick) comparison(List.of(Peer.C, Peer.DATAHUB, Peer.AERON, Peer.AGRONA), true);
                else whole();
            }
        } finally {
            Pair.delete(programs);
        }
        if (json) figures.json().forEach(System.out::println);
        else System.out.print(new Report(figures, Machine.describe(), command(peers ? "peers" : ""), placement).text());
        if (peers && !quick && part == null) {
            Path docs = Path.of(System.getProperty("bench.docs"));
            new Report(figures, Machine.describe(), command("peers"), placement).write(docs);
            say("wrote " + docs.resolve("performance.md"));
        }
    }

    private void memory() throws IOException, InterruptedException {
        Pages pages = new Pages(mebibytes, millis, figures, this::say);
        for (int round = 1; round <= rounds; round++) {
            say("round " + round + " of " + rounds);
            pages.round();
        }
        if (json) {
            figures.json().forEach(System.out::println);
            return;
        }
        String size = mebibytes == MEBIBYTES ? "" : " --mebibytes " + mebibytes;
        String table = pages.text(
                "./datahub bench memory --rounds " + rounds + size + (millis == MILLIS ? "" : " --millis " + millis),
                Machine.describe());
        System.out.print(table);
        Path docs = Path.of(System.getProperty("bench.docs"));
        pages.write(docs, table);
        say("wrote " + docs.resolve("performance.md"));
    }

    private void operations() throws IOException {
        ChainedOptionsBuilder options = jmh(OperationBenchmark.class);
        if (json)
            options.resultFormat(ResultFormatType.JSON).result("/dev/stdout").verbosity(VerboseMode.SILENT);
        Operations operations = new Operations(Machine.describe(), command("operations"));
        try {
            operations.addAll(new Runner(options.build()).run());
        } catch (RunnerException e) {
            throw new BenchException("JMH failed: " + e.getMessage(), e);
        }
        if (json) return;
        System.out.print(operations.text());
        Path docs = Path.of(System.getProperty("bench.docs"));
        operations.write(docs);
        say("wrote " + docs.resolve("performance.md"));
    }

    private void integrity() throws IOException {
        ChainedOptionsBuilder options = jmh(IntegrityBenchmark.class).addProfiler(GCProfiler.class);
        if (json)
            options.resultFormat(ResultFormatType.JSON).result("/dev/stdout").verbosity(VerboseMode.SILENT);
        IntegrityReport report;
        try {
            report = new IntegrityReport(new Runner(options.build()).run());
        } catch (RunnerException e) {
            throw new BenchException("JMH failed: " + e.getMessage(), e);
        }
        if (json) return;
        String command = "./datahub bench integrity" + (rounds > 0 ? " --rounds " + rounds : "")
                + (millis == MILLIS ? "" : " --millis " + millis);
        System.out.print(report.text(command, Machine.describe()));
        Path docs = Path.of(System.getProperty("bench.docs"));
        report.write(docs, command, Machine.describe());
        say("wrote " + docs.resolve("performance.md"));
    }

    private ChainedOptionsBuilder jmh(Class<?> benchmark) {
        ChainedOptionsBuilder options = new OptionsBuilder().include(benchmark.getSimpleName());
        if (rounds > 0) options.forks(rounds);
        if (millis != MILLIS)
            options.measurementTime(TimeValue.milliseconds(millis)).warmupTime(TimeValue.milliseconds(millis));
        return options;
    }

    private String command(String measurement) {
        return "./datahub bench" + (measurement.isEmpty() ? "" : " " + measurement) + (quick ? " --quick" : "")
                + (only == null ? "" : " --only " + only)
                + (rounds > 0 ? " --rounds " + rounds : "")
                + (millis == MILLIS ? "" : " --millis " + millis);
    }

    private static void requireMachine() {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            throw new BenchException("a pair needs two cores: cores=1", null);
        }
        if (!Files.isExecutable(Path.of("/usr/bin/taskset")) && !Files.isExecutable(Path.of("/bin/taskset"))) {
            throw new BenchException("taskset is missing; it pins processes: apt install util-linux", null);
        }
    }

    private void say(String text) {
        System.err.println("datahub bench: " + text);
    }

    private void own() throws IOException, InterruptedException {
        for (Peer peer : List.of(Peer.C, Peer.DATAHUB)) {
            one(peer, Work.RTT, 64);
            one(peer, Work.ONEWAY, 64);
            one(peer, Work.BATCH, 64);
            one(peer, Work.ONEWAY, 1 << 20);
        }
        one(Peer.DATAHUB_CRC32C, Work.ONEWAY, 64);
        one(Peer.DATAHUB_CRC32C, Work.ONEWAY, 1 << 20);
    }

    private void comparison(List<Peer> peers, boolean coarse) throws IOException, InterruptedException {
        for (Work work : Work.values()) {
            for (int bytes : sizes(work, coarse)) {
                for (Peer peer : peers) one(peer, work, bytes);
            }
        }
    }

    private static List<Integer> sizes(Work work, boolean coarse) {
        return switch (work) {
            case RTT -> coarse ? List.of(64) : ALL_SIZES;
            case ONEWAY -> coarse ? List.of(64, 1 << 20) : List.of(64, 1024, 65_536, 1 << 20);
            case BATCH -> List.of(64);
            case HANDOVER -> coarse ? List.of(1 << 20) : List.of(8, 1 << 20);
        };
    }

    private void whole() throws IOException, InterruptedException {
        comparison(
                List.of(
                        Peer.C,
                        Peer.DATAHUB,
                        Peer.AERON,
                        Peer.AGRONA,
                        Peer.DISRUPTOR,
                        Peer.C_LAG,
                        Peer.C_VECTOR,
                        Peer.DATAHUB_L0,
                        Peer.CHRONICLE,
                        Peer.JEROMQ,
                        Peer.UDS),
                false);
        for (Peer peer : List.of(
                Peer.DATAHUB_L2, Peer.DATAHUB_EXACT, Peer.DATAHUB_COARSE, Peer.DATAHUB_CRC32C, Peer.DATAHUB_HMAC)) {
            one(peer, Work.RTT, 64);
            one(peer, Work.ONEWAY, 64);
            one(peer, Work.ONEWAY, 65_536);
        }
        rings();
        wake();
        crowd();
        spacing();
    }

    private void one(Peer peer, Work work, int bytes) throws IOException, InterruptedException {
        String what = peer.label() + " " + work.label() + " " + bytes;
        if (!peer.does(work, bytes) || leftOut.contains(what)) return;
        // A JVM compiles on the core that counts. Of large records it sees so few a second that it is not through with
        // them after 600 ms; hand-overs of all sizes are compared with each other.
        int compiled = bytes >= LARGE || work == Work.HANDOVER ? 2500 : 600;
        int warm = Math.min(peer.inC() ? 300 : compiled, 10 * millis);
        String how = work.trips() ? "rtt" : "oneway";
        Map<String, Double> run;
        try {
            run = pair.run(peer, how, Plan.of(work, bytes, warm, millis));
        } catch (BenchException e) {
            if (peer.ours() || peer.inC()) throw e;
            leftOut.add(what);
            say("left out, a peer's run failed: bytes=" + bytes + ", " + e.getMessage());
            return;
        }
        if (run == null) say("found no place: system=" + peer.label() + ", work=" + work.label());
        else figures.addAll(work.label(), peer.label(), bytes, run);
    }

    /// Rings from a core's L2 to what fits L3.
    private void rings() throws IOException, InterruptedException {
        for (int cells : List.of(8, 32, 64, 128, 256)) {
            for (Peer peer : List.of(Peer.C, Peer.DATAHUB)) {
                Plan plan = Plan.of(Work.ONEWAY, 65_536, 600, millis).withCells(cells);
                Map<String, Double> run = pair.run(peer, "oneway", plan);
                if (run != null) figures.addAll("ring-" + cells, peer.label(), 65_536, run);
            }
        }
    }

    private void wake() throws IOException, InterruptedException {
        Plan plan = new Plan(64, 1024, 1, true, Math.min(3000, 12 * millis), Math.min(2000, 8 * millis));
        Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "datahub-bench");
        try {
            for (Peer peer : List.of(Peer.C, Peer.DATAHUB)) {
                List<Process> both = new ArrayList<>();
                for (char side : new char[] {'b', 'a'}) {
                    List<String> command = new ArrayList<>(List.of("taskset", "-c", side == 'a' ? "0" : "1"));
                    if (peer.inC()) command.addAll(limit.side(peer, side, "wake", plan, directory));
                    else command.addAll(Pair.java(peer, plan, directory, WakeSide.class, "" + side));
                    both.add(Pair.start(command));
                }
                for (Process process : both)
                    figures.addAll("wake", peer.label(), 64, Pair.figures(process, "wake", WAKE_SECONDS));
            }
        } finally {
            Pair.delete(directory);
        }
    }

    /// What a producer pays a record with one lossless consumer, and with observers beside it.
    private void crowd() throws IOException, InterruptedException {
        for (int observers : List.of(0, 7)) {
            Map<String, Double> run = null;
            for (int tried = 0; tried < TRIES && run == null; tried++) run = crowd(observers);
            if (run == null) say("found no place: work=crowd-" + observers);
            else figures.addAll("crowd-" + observers, Peer.DATAHUB.label(), 64, run);
        }
    }

    private Map<String, Double> crowd(int observers) throws IOException, InterruptedException {
        Plan plan = Plan.of(Work.ONEWAY, 64, Math.min(1000, 10 * millis), 2 * millis);
        Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "datahub-bench");
        Process crowd = null;
        try {
            if (observers > 0) {
                List<String> command = new ArrayList<>(List.of("taskset", "-c", "1"));
                command.addAll(Pair.java(Peer.DATAHUB, plan, directory, CrowdSide.class, "" + observers));
                crowd = Pair.start(command);
            }
            return pair.run(Peer.DATAHUB, "oneway", plan, directory);
        } finally {
            if (crowd != null) crowd.destroyForcibly().waitFor();
            Pair.delete(directory);
        }
    }

    private void spacing() throws IOException, InterruptedException {
        Process process = Pair.start(List.of(limit.program("limit"), "alone", "spacing", "" + millis));
        figures.addAll("spacing", "c", 8, Pair.figures(process, "spacing", WAKE_SECONDS));
    }
}
