package org.datahub.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Every figure of every round, by what it is of.
final class Figures {
    /// What a figure is of.
    record Key(String work, String system, int bytes, String metric) {}

    private final Map<Key, List<Double>> values = new LinkedHashMap<>();

    void add(String work, String system, int bytes, String metric, double value) {
        values.computeIfAbsent(new Key(work, system, bytes, metric), key -> new ArrayList<>())
                .add(value);
    }

    /// The figures of one run.
    void addAll(String work, String system, int bytes, Map<String, Double> run) {
        run.forEach((metric, value) -> add(work, system, bytes, metric, value));
        Double rate = run.get("records_per_s");
        if (rate != null) add(work, system, bytes, "bytes_per_s", rate * bytes);
    }

    boolean has(String work, String system, int bytes, String metric) {
        return values.containsKey(new Key(work, system, bytes, metric));
    }

    double median(String work, String system, int bytes, String metric) {
        List<Double> sorted = sorted(new Key(work, system, bytes, metric));
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    double least(String work, String system, int bytes, String metric) {
        return sorted(new Key(work, system, bytes, metric)).getFirst();
    }

    double most(String work, String system, int bytes, String metric) {
        return sorted(new Key(work, system, bytes, metric)).getLast();
    }

    private List<Double> sorted(Key key) {
        List<Double> sorted = new ArrayList<>(values.getOrDefault(key, List.of()));
        if (sorted.isEmpty()) throw new IllegalStateException("no figure: " + key);
        Collections.sort(sorted);
        return sorted;
    }

    /// One object a line.
    List<String> json() {
        List<String> lines = new ArrayList<>();
        for (Key key : values.keySet()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "{\"work\":\"%s\",\"system\":\"%s\",\"size_bytes\":%d,\"metric\":\"%s\","
                            + "\"median\":%.4g,\"min\":%.4g,\"max\":%.4g,\"runs\":%d}",
                    key.work,
                    key.system,
                    key.bytes,
                    key.metric,
                    median(key.work, key.system, key.bytes, key.metric),
                    least(key.work, key.system, key.bytes, key.metric),
                    most(key.work, key.system, key.bytes, key.metric),
                    values.get(key).size()));
        }
        return lines;
    }
}
