package org.datahub.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.datahub.api.testing.Evidence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same as [FuzzIT], led by what the code does with each input.
///
/// It begins with inputs that are nearly whole, and learns from each that leads somewhere else.
/// The number of inputs and the seed decide what is tried.
class JazzerIT {
    private static final int HANG_SECONDS = 30;
    private static final Pattern RUNS = Pattern.compile("Done (\\d+) runs");
    private static final Pattern COVERED = Pattern.compile("cov: (\\d+)");

    @ParameterizedTest
    @ValueSource(classes = {DamageFuzzer.class, NameFuzzer.class})
    void noInputEndsInAnythingButATypedError(Class<?> target) throws Exception {
        Evidence evidence = Evidence.of("Jazzer, " + target.getSimpleName());
        Path corpus = Files.createTempDirectory(Jvm.scratch(), "corpus-");
        seed(target, corpus);
        Path log = Files.createTempFile(Jvm.scratch(), "jazzer-", ".log");
        Process fuzzer = new ProcessBuilder(command(target, corpus))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = fuzzer.waitFor(120L + Settings.INPUTS / 4, TimeUnit.SECONDS);
        if (!ended) fuzzer.destroyForcibly();
        String said = Files.readString(log);
        assertTrue(ended, () -> "the fuzzer hangs:\n" + said);
        assertEquals(0, fuzzer.exitValue(), said);
        evidence.row(
                "inputs=" + last(RUNS, said) + ", seed=" + Settings.SEED,
                "edges of org.datahub covered: " + last(COVERED, said) + ", findings: 0");
        Stage.removeTree(corpus);
        Files.delete(log);
    }

    private static void seed(Class<?> target, Path corpus) throws IOException {
        List<byte[]> seeds = target == NameFuzzer.class ? NameFuzzer.seeds() : DamageFuzzer.seeds();
        for (int index = 0; index < seeds.size(); index++) {
            Files.write(corpus.resolve("seed-" + index), seeds.get(index));
        }
    }

    private static List<String> command(Class<?> target, Path corpus) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Arrays.asList(System.getProperty("datahub.jvm", "").split(" ")));
        // Jazzer changes classes as they are loaded.
        command.addAll(List.of("-XX:+EnableDynamicAgentLoading", "--sun-misc-unsafe-memory-access=allow", "-Xmx512m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "com.code_intelligence.jazzer.Jazzer"));
        command.add("--target_class=" + target.getName());
        command.add("--instrumentation_includes=org.datahub.**");
        command.add("--disabled_hooks=com.code_intelligence.jazzer.sanitizers.*");
        command.add("--reproducer_path=" + Jvm.scratch());
        command.add("-artifact_prefix=" + Jvm.scratch() + "/");
        command.add("-runs=" + Settings.INPUTS);
        command.add("-max_len=128");
        command.add("-timeout=" + HANG_SECONDS);
        command.add("-seed=" + (Settings.SEED & 0x7fffffff));
        command.add(corpus.toString());
        return command;
    }

    private static String last(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(found -> found.group(1))
                .reduce((first, second) -> second)
                .orElse("none");
    }
}
