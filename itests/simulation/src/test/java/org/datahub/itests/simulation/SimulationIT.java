package org.datahub.itests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.datahub.itests.simulation.lab.Experiment;
import org.datahub.itests.simulation.lab.Laboratory;
import org.datahub.itests.simulation.lab.Outcome;
import org.junit.jupiter.api.Test;

/// The engine's own code on the simulated machine, whatever chance does.
///
/// - more seeds: `./mvnw verify -pl itests/simulation -am -Dit.test=SimulationIT
/// -Dsurefire.failIfNoSpecifiedTests=false
///   -Dfailsafe.failIfNoSpecifiedTests=false -Ddatahub.seeds=5000000`, and `-Ddatahub.from=` where to begin
/// - one seed with all that happens in it: the same with `-Ddatahub.seed=N`
class SimulationIT {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final long SEEDS =
            Long.getLong("datahub.seeds", Boolean.getBoolean("datahub.proof") ? 1_000_000 : 20_000);
    private static final long FROM = Long.getLong("datahub.from", 0);
    private static final Long SEED = Long.getLong("datahub.seed");
    private static final int LAST_LINES = 200;
    private static final int LEAST_OPERATIONS = 500;

    private static String print(String format, Object... values) {
        String line = String.format(Locale.ROOT, format, values);
        System.out.println(line);
        return line;
    }

    @Test
    void everyPromiseHoldsBetweenAnyTwoInstructions() {
        assumeTrue(SEED == null, "one seed is replayed");
        Experiment experiment = new Laboratory(null).experiment();
        long begin = System.nanoTime();
        Outcome outcome = experiment.run(FROM, SEEDS, CORES);
        double seconds = (System.nanoTime() - begin) / 1e9;
        long operations = outcome.count("memory operations");
        print(
                "simulation: seeds=%d, memory operations=%d (%d a seed), crashes=%d, seeds with a crash=%d (%d %%), seconds=%.1f",
                outcome.seeds(),
                operations,
                operations / Math.max(1, outcome.seeds()),
                outcome.count("crashes"),
                outcome.count("seeds with a crash"),
                100 * outcome.count("seeds with a crash") / Math.max(1, outcome.seeds()),
                seconds);
        outcome.counts().forEach((name, count) -> print("  %s: %d", name, count));
        if (outcome.failed() >= 0) failed(experiment, outcome.failed());
        assertEquals(SEEDS, outcome.seeds());
        assertTrue(operations >= LEAST_OPERATIONS * SEEDS, "too few memory operations: " + operations);
        assertTrue(2 * outcome.count("seeds with a crash") >= SEEDS, "too few seeds with a crash");
        for (String moved :
                List.of("takeovers", "evictions", "gaps by eviction", "slots held in place", "slots missed")) {
            assertTrue(outcome.count(moved) > 0, "this never happened: " + moved);
        }
    }

    private static void failed(Experiment experiment, long seed) {
        Outcome again = experiment.replay(seed, LAST_LINES);
        fail(print(
                "seed %d fails; -Ddatahub.seed=%d prints all of it. The end of it:%n%s%n%s",
                seed,
                seed,
                again.trace().stream().collect(Collectors.joining(System.lineSeparator())),
                again.failure()));
    }

    @Test
    void aSeedIsAlwaysTheSameRun() {
        assumeTrue(SEED == null, "one seed is replayed");
        Experiment one = new Laboratory(null).experiment();
        Experiment other = new Laboratory(null).experiment();
        other.run(1000, 3, 1);
        for (long seed = FROM; seed < FROM + 20; seed++) {
            assertEquals(one.replay(seed, Integer.MAX_VALUE), other.replay(seed, Integer.MAX_VALUE));
        }
    }

    @Test
    void aSeedIsReplayedWithItsTrace() {
        assumeTrue(SEED != null, "no seed named");
        Outcome outcome = new Laboratory(null).experiment().replay(SEED, Integer.MAX_VALUE);
        outcome.trace().forEach(System.out::println);
        outcome.counts().forEach((name, count) -> print("  %s: %d", name, count));
        if (outcome.failure() != null) fail(outcome.failure());
    }
}
