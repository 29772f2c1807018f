package org.datahub.itests.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.datahub.itests.simulation.lab.Faults;
import org.datahub.itests.simulation.lab.Laboratory;
import org.datahub.itests.simulation.lab.Mutant;
import org.datahub.itests.simulation.lab.Outcome;
import org.junit.jupiter.api.Test;

/// The test of the test: the engine with one fault in its compiled code is caught, each fault there is.
/// `-Ddatahub.mutant=`
/// a part of a name runs those alone.
class MutantsIT {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final long MOST_SEEDS = Long.getLong("datahub.mutant.seeds", 20_000);
    private static final String ONLY = System.getProperty("datahub.mutant", "");
    private static final int LEAST = 10;

    @Test
    void everyMutantIsCaught() {
        List<String> escaped = new ArrayList<>();
        List<Mutant> mutants = Faults.all().stream()
                .filter(mutant -> mutant.name().contains(ONLY))
                .toList();
        long begin = System.nanoTime();
        for (Mutant mutant : mutants) {
            Outcome outcome = new Laboratory(mutant).experiment().run(0, MOST_SEEDS, CORES);
            boolean caught = outcome.failed() >= 0;
            if (!caught) escaped.add(mutant.name());
            System.out.printf(
                    Locale.ROOT,
                    "mutant: %-70s seeds=%-5d %s%n",
                    mutant.name(),
                    caught ? outcome.failed() + 1 : outcome.seeds(),
                    caught ? "caught: " + reason(outcome) : "NOT CAUGHT");
        }
        System.out.printf(
                Locale.ROOT,
                "mutants: run=%d, caught=%d, seconds=%.1f%n",
                mutants.size(),
                mutants.size() - escaped.size(),
                (System.nanoTime() - begin) / 1e9);
        assertTrue(escaped.isEmpty(), "not caught: " + escaped);
        assertTrue(!ONLY.isEmpty() || mutants.size() >= LEAST, "too few mutants: " + mutants.size());
    }

    /// The line that says what was broken, without the class of the error.
    private static String reason(Outcome outcome) {
        String line = outcome.failure().lines().skip(1).findFirst().orElse("");
        return line.substring(line.indexOf(": ") + 2);
    }
}
