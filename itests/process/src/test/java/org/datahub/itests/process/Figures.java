package org.datahub.itests.process;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Durations that a test measured.
final class Figures {
    private final List<Long> nanos = new ArrayList<>();

    void add(long measured) {
        nanos.add(measured);
    }

    void addAll(Figures others) {
        nanos.addAll(others.nanos);
    }

    int count() {
        return nanos.size();
    }

    /// Count, median, the one that one in a hundred exceeds, and the greatest, in milliseconds.
    @Override
    public String toString() {
        if (nanos.isEmpty()) return "none";
        List<Long> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        return String.format(
                "n=%d p50=%.2f ms p99=%.2f ms max=%.2f ms",
                sorted.size(),
                sorted.get(sorted.size() / 2) / 1e6,
                sorted.get(sorted.size() * 99 / 100) / 1e6,
                sorted.getLast() / 1e6);
    }
}
