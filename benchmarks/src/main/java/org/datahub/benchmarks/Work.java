package org.datahub.benchmarks;

import java.util.Locale;

/// What a pair does.
enum Work {
    /// A record there, a record of the same size back.
    RTT,
    /// Records one after the other, one commit each.
    ONEWAY,
    /// The same, 16 records a commit.
    BATCH,
    /// There and back without a look at the payload.
    HANDOVER;

    static final int BATCH_OF = 16;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Work of(String label) {
        for (Work work : values()) {
            if (work.label().equals(label)) return work;
        }
        throw new IllegalArgumentException("no such work: work=" + label);
    }

    boolean trips() {
        return this == RTT || this == HANDOVER;
    }

    int batch() {
        return this == BATCH ? BATCH_OF : 1;
    }
}
