package org.datahub.itests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Locale;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.Proof;
import org.datahub.itests.simulation.lab.Experiment;
import org.datahub.itests.simulation.lab.Laboratory;
import org.datahub.itests.simulation.lab.Outcome;
import org.junit.jupiter.api.Test;

/// The engine's own code on the simulated machine, whatever chance does. `-Ddatahub.seeds=` says
/// how many seeds, `-Ddatahub.from=` which is the first, `-Ddatahub.threads=` how many at a time;
/// `-Ddatahub.seed=` runs one alone and prints all that happens in it.
class SimulationIT {
    private static final int SEEDS = Proof.count("seeds", 20_000, 1_000_000);
    private static final int THREADS =
            Integer.getInteger("datahub.threads", Runtime.getRuntime().availableProcessors());
    private static final long FROM = Long.getLong("datahub.from", 0);
    private static final Long SEED = Long.getLong("datahub.seed");
    private static final int LAST_LINES = 200;
    private static final int LEAST_OPERATIONS = 500;
    private static final int ALIKE = 20;
    private static final String REPLAY = "./mvnw verify -pl itests/simulation -am -Dtest=None"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=SimulationIT"
            + " -Dfailsafe.failIfNoSpecifiedTests=false -Ddatahub.seed=";

    private static String print(String format, Object... values) {
        String line = String.format(Locale.ROOT, format, values);
        System.out.println(line);
        return line;
    }

    @Test
    void everyPromiseHoldsBetweenAnyTwoInstructions() throws Exception {
        assumeTrue(SEED == null, "one seed is replayed");
        Experiment experiment = new Laboratory(null).experiment();
        Evidence evidence = Evidence.of("the engine on a simulated machine with weak memory and crashes");
        Outcome outcome = experiment.run(FROM, SEEDS, THREADS);
        if (outcome.failed() >= 0) failed(experiment, outcome.failed());
        outcome.counts().forEach((name, count) -> print("  %s: %d", name, count));
        long crashed = outcome.count("seeds with a crash");
        long operations = outcome.count("memory operations");
        evidence.row(
                outcome.seeds() + " seeds from " + FROM + ", " + operations + " memory operations (" + outcome.fewest()
                        + " a seed at least, " + operations / outcome.seeds() + " on average), "
                        + outcome.count("crashes") + " crashes in " + 100 * crashed / outcome.seeds()
                        + " % of the seeds",
                "no promise broken: " + outcome.count("slots committed") + " slots committed, "
                        + outcome.count("slots delivered") + " delivered, " + outcome.count("slots missed")
                        + " told as missed, " + outcome.count("takeovers") + " takeovers, "
                        + outcome.count("evictions") + " evictions");
        assertEquals(SEEDS, outcome.seeds());
        assertTrue(outcome.fewest() >= LEAST_OPERATIONS, "too few memory operations: " + outcome.fewest());
        assertTrue(2 * crashed >= SEEDS, "too few seeds with a crash: " + crashed);
        for (String moved : List.of(
                "crashes that lost stores",
                "evictions",
                "gaps by eviction",
                "key epochs",
                "loads of old messages",
                "locks taken from the dead",
                "reasons of an end",
                "rotations refused",
                "slots held in place",
                "slots missed",
                "snapshots read",
                "stores that waited",
                "takeovers")) {
            assertTrue(outcome.count(moved) > 0, "this never happened: " + moved);
        }
    }

    private static void failed(Experiment experiment, long seed) {
        Outcome again = experiment.replay(seed, LAST_LINES);
        fail(print(
                "seed %d breaks a promise. All of it: %s%d%nThe end of it:%n%s%n%s",
                seed, REPLAY, seed, String.join(System.lineSeparator(), again.trace()), again.failure()));
    }

    @Test
    void aSeedIsAlwaysTheSameRun() {
        assumeTrue(SEED == null, "one seed is replayed");
        Experiment one = new Laboratory(null).experiment();
        Experiment other = new Laboratory(null).experiment();
        other.run(FROM + ALIKE, 3, 1); // what a machine did before makes no difference
        for (long seed = FROM; seed < FROM + ALIKE; seed++) {
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
