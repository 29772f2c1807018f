package org.datahub.itests.simulation.lab;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What came of some seeds.
///
/// @param seeds how many were run
/// @param fewest the memory operations of the seed with the fewest
/// @param failed the first that failed, or -1
/// @param failure what it broke; null if none did
/// @param trace the end of its trace
/// @param counts what was counted, by name
public record Outcome(
        long seeds, long fewest, long failed, String failure, List<String> trace, Map<String, Long> counts) {
    /// Both together.
    public Outcome plus(Outcome other) {
        Map<String, Long> sum = new TreeMap<>(counts);
        other.counts.forEach((name, count) -> sum.merge(name, count, Long::sum));
        Outcome worst = failed < 0 || other.failed >= 0 && other.failed < failed ? other : this;
        return new Outcome(
                seeds + other.seeds, Math.min(fewest, other.fewest), worst.failed, worst.failure, worst.trace, sum);
    }

    /// A count by its name, 0 where it never moved.
    public long count(String name) {
        return counts.getOrDefault(name, 0L);
    }
}
