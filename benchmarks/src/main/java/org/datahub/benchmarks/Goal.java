package org.datahub.benchmarks;

import java.util.List;

/// What DataHub is to reach, as a ratio of two medians of the same run.
///
/// @param limit the ratio is to be at most this, if `below`, else at least
record Goal(String work, int bytes, String metric, String against, double limit, boolean below) {
    private static final int KIB_64 = 1 << 16;
    private static final int MIB = 1 << 20;

    /// All of them, as far as they compare DataHub with another system.
    static final List<Goal> ALL = List.of(
            trip(8, "c", 1.1),
            trip(8, "aeron", 0.75),
            trip(8, "agrona", 1),
            trip(8, "chronicle", 0.3),
            trip(64, "c", 1.1),
            trip(64, "aeron", 0.75),
            trip(64, "agrona", 1),
            trip(64, "chronicle", 0.3),
            rate("oneway", 64, "aeron", 1.3),
            rate("oneway", 64, "disruptor", 1),
            rate("oneway", 64, "c", 0.9),
            rate("batch", 64, "aeron", 1.9),
            rate("batch", 64, "c", 0.85),
            rate("oneway", KIB_64, "c", 0.95),
            rate("oneway", KIB_64, "aeron", 3.6),
            rate("oneway", KIB_64, "disruptor", 1),
            rate("oneway", KIB_64, "agrona", 1.3),
            rate("oneway", MIB, "c", 0.95),
            rate("oneway", MIB, "aeron", 3.6),
            rate("oneway", MIB, "disruptor", 1),
            rate("oneway", MIB, "agrona", 1.3),
            new Goal("handover", MIB, "mean_ns", "c", 1.15, true),
            new Goal("wake", 64, "p50_ns", "c", 1.1, true));

    private static Goal trip(int bytes, String against, double most) {
        return new Goal("rtt", bytes, "mean_ns", against, most, true);
    }

    private static Goal rate(String work, int bytes, String against, double least) {
        return new Goal(work, bytes, "records_per_s", against, least, false);
    }

    boolean measured(Figures figures) {
        return figures.has(work, "datahub", bytes, metric) && figures.has(work, against, bytes, metric);
    }

    double ratio(Figures figures) {
        return figures.median(work, "datahub", bytes, metric) / figures.median(work, against, bytes, metric);
    }

    boolean met(Figures figures) {
        double ratio = ratio(figures);
        return below ? ratio <= limit : ratio >= limit;
    }
}
