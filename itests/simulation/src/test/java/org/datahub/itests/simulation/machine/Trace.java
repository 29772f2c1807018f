package org.datahub.itests.simulation.machine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The last lines of what happened.
final class Trace {
    private final int most;
    private final Deque<String> lines = new ArrayDeque<>();

    Trace(int most) {
        this.most = most;
    }

    void add(long operation, String who, String what, String how) {
        if (lines.size() == most) lines.removeFirst();
        lines.add(String.format("%7d %-12s %-9s %s", operation, who, what, how));
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
