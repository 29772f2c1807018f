package org.datahub.itests.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.datahub.api.testing.Evidence;
import org.datahub.itests.simulation.lab.Faults;
import org.datahub.itests.simulation.lab.Laboratory;
import org.datahub.itests.simulation.lab.Mutant;
import org.datahub.itests.simulation.lab.Outcome;
import org.junit.jupiter.api.Test;

/// The test of the test: the engine with one fault in its compiled code is caught, each fault there
/// is. `-Ddatahub.mutant=` a part of a name runs those alone, `-Ddatahub.mutant.seeds=` says how
/// many seeds each may take.
class MutantsIT {
    private static final int THREADS =
            Integer.getInteger("datahub.threads", Runtime.getRuntime().availableProcessors());
    private static final long MOST_SEEDS = Long.getLong("datahub.mutant.seeds", 100_000);
    private static final String ONLY = System.getProperty("datahub.mutant", "");
    private static final int LEAST = 10;

    @Test
    void everyMutantIsCaught() throws Exception {
        List<Mutant> mutants = Faults.all().stream()
                .filter(mutant -> mutant.name().contains(ONLY))
                .toList();
        Evidence evidence = Evidence.of("mutants of the engine's compiled code on the simulated machine");
        List<String> escaped = new ArrayList<>();
        long most = 0;
        for (Mutant mutant : mutants) {
            Outcome outcome = new Laboratory(mutant).experiment().run(mutant.from(), MOST_SEEDS, THREADS);
            boolean caught = outcome.failed() >= 0;
            long seeds = caught ? outcome.failed() + 1 - mutant.from() : outcome.seeds();
            most = Math.max(most, seeds);
            if (!caught) escaped.add(mutant.name());
            System.out.printf(
                    Locale.ROOT,
                    "mutant: %-64s seeds=%-5d %s%n",
                    mutant.name(),
                    seeds,
                    caught ? "caught: " + reason(outcome) : "NOT CAUGHT");
        }
        assertTrue(escaped.isEmpty(), "not caught: " + escaped);
        assertTrue(!ONLY.isEmpty() || mutants.size() >= LEAST, "too few mutants: " + mutants.size());
        evidence.row(mutants.size() + " mutants", "each caught, the last within " + most + " seeds");
    }

    /// The line that says what was broken, without the class of the error.
    private static String reason(Outcome outcome) {
        String line = outcome.failure().lines().skip(1).findFirst().orElse("");
        return line.substring(line.indexOf(": ") + 2);
    }
}
