package org.datahub.itests.stress;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.Proof;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.TestList;

/// Runs the stress tests of this module, and the mutants that show that such a test can fail.
///
/// `datahub.stress.millis` and `datahub.stress.rounds` say how long each runs. `datahub.stress.jvms`
/// is `one` (as compiled
/// by default), `all` (interpreted, by either compiler, with the optimiser's order shaken), or
/// `split` (each side in each
/// of these ways).
class StressIT {
    private static final int MILLIS = Proof.count("stress.millis", 250, 1000);
    private static final int ROUNDS = Proof.count("stress.rounds", 2, 4);
    private static final String JVMS = System.getProperty("datahub.stress.jvms", Proof.FULL ? "all" : "one");
    private static final Duration PATIENCE = Duration.ofMinutes(Proof.FULL ? 240 : 10);
    private static final int TRIES = 5; // of a mutant that was not seen; a busy machine shows little
    private static final List<String> JVM =
            List.of(System.getProperty("datahub.jvm", "").split(" "));

    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "datahub-stress-");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(each);
        }
    }

    @Test
    void noForbiddenOutcomeIsSeen() throws Exception {
        Set<String> tests = named("Stress");
        assertFalse(tests.isEmpty());
        Evidence evidence = Evidence.of("jcstress: no forbidden outcome of any order of the protocol");
        Results results = run(tests, ROUNDS);
        assertEquals(tests, results.names(), "what ran");
        assertAll(results.all.stream().map(result -> () -> {
            String told = result.getName() + " " + result.getConfig().jvmArgs + " " + result.grading().gradingResults
                    + result.grading().failureMessages + result.getMessages() + result.getVmErr();
            assertEquals(Status.NORMAL, result.status(), told);
            assertTrue(result.grading().isPassed, told);
            assertTrue(result.getTotalCount() > 0, told);
        }));
        evidence.row(
                tests.size() + " tests, " + results.all.size() + " runs of " + ROUNDS + " x " + MILLIS + " ms (jvms="
                        + JVMS + ")",
                results.samples() + " samples, none forbidden");
    }

    @Test
    void everyMutantShowsWhatItsOrderIsFor() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "with one processor nothing is reordered");
        Set<String> unseen = named("Mutant");
        assertFalse(unseen.isEmpty());
        Evidence evidence = Evidence.of("jcstress: each order that was weakened is seen to fail");
        int mutants = unseen.size();
        long samples = 0;
        for (int run = 1; run <= TRIES && !unseen.isEmpty(); run++) {
            Results results = run(unseen, ROUNDS * run * run);
            assertEquals(unseen, results.names(), "what ran");
            for (TestResult result : results.all) if (result.grading().hasInteresting) unseen.remove(result.getName());
            samples += results.samples();
        }
        assertEquals(Set.of(), unseen, "mutants that went unseen");
        evidence.row(mutants + " mutants", "all seen in " + samples + " samples");
    }

    @Test
    void theDocumentsListEveryTest() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("mvnw"))) root = root.getParent();
        Set<String> listed = Pattern.compile("`(\\w+Stress)`")
                .matcher(Files.readString(root.resolve("docs/testing.md")))
                .results()
                .map(name -> "org.datahub.engine." + name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(named("Stress"), listed);
    }

    private static Set<String> named(String kind) {
        Set<String> names = new TreeSet<>(TestList.tests());
        names.removeIf(name -> !name.endsWith(kind));
        return names;
    }

    /// Runs these tests in JVMs of their own, one after the other.
    private Results run(Set<String> tests, int rounds) throws Exception {
        Path work = Files.createTempDirectory(directory, "run-");
        Path log = work.resolve("log");
        Process process = new ProcessBuilder(command(tests, rounds, work))
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "not done within " + PATIENCE);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        InProcessCollector found = new InProcessCollector();
        try (Stream<Path> files = Files.list(work)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".bin.gz")).toList()) {
                DiskReadCollector reader = new DiskReadCollector(file.toString(), found);
                reader.dump();
                reader.close();
            }
        }
        assertFalse(found.getTestResults().isEmpty(), () -> text(log));
        return new Results(found.getTestResults());
    }

    private static List<String> command(Set<String> tests, int rounds, Path work) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", classPath(), "org.openjdk.jcstress.Main"));
        command.addAll(List.of("-t", "^(" + String.join("|", tests) + ")$"));
        command.addAll(List.of("-iters", Integer.toString(rounds), "-time", Integer.toString(MILLIS)));
        // Two actors on two processors, which may be busy with other things; never more states than Bench has places.
        command.addAll(List.of("-c", "2", "-f", "1", "-af", "NONE", "-spinStyle", "THREAD_YIELD"));
        command.addAll(List.of("-strideSize", "32", "-strideCount", "8"));
        command.addAll(List.of("-sc", Boolean.toString(JVMS.equals("split"))));
        command.addAll(List.of("-r", Path.of("target/jcstress").toAbsolutePath().toString()));
        command.add(JVMS.equals("one") ? "-jvmArgs" : "-jvmArgsPrepend");
        command.add(String.join(" ", JVM) + " -Xmx256m -Ddatahub.stress.directory=" + work);
        return command;
    }

    /// What is there of ours: jcstress stumbles over what is not.
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Files.exists(Path.of(entry)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What a run of jcstress has found.
    private record Results(Collection<TestResult> all) {
        Set<String> names() {
            Set<String> names = new TreeSet<>();
            for (TestResult result : all) names.add(result.getName());
            return names;
        }

        long samples() {
            return all.stream().mapToLong(TestResult::getTotalCount).sum();
        }
    }
}
