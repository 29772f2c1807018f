package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Where the host has put core 0 and core 1: the time that a cache line takes to and fro between
/// them. A host that moves virtual cores changes it by a factor of 5, so only runs that begin and end
/// at the same distance are comparable.
final class Placement {
    private static final int LOOKS = 40;
    private static final double HYPER_THREADS = 70; // two threads of one core: nearer, and half a core each
    private static final double NEAR = 0.7;
    private static final double FAR = 1.4;

    private final Limit limit;
    private final boolean anywhere;
    private final double reference;
    private int refused;

    /// Looks at the machine for ten seconds and settles on a distance: the least that is not that
    /// of two hyper-threads, if there is such.
    Placement(Limit limit, boolean anywhere) throws IOException, InterruptedException {
        this.limit = limit;
        this.anywhere = anywhere;
        List<Double> looks = new ArrayList<>();
        for (int look = 0; look < (anywhere ? 1 : LOOKS); look++) {
            looks.add(distance(0));
            LockSupport.parkNanos(250_000_000);
        }
        Collections.sort(looks);
        double least = looks.getFirst();
        for (double look : looks) {
            if (look >= HYPER_THREADS) {
                least = look;
                break;
            }
        }
        this.reference = least;
    }

    /// Nanoseconds to and fro now; then keeps both cores awake for `millis`.
    double distance(int millis) throws IOException, InterruptedException {
        Process probe = new ProcessBuilder(limit.program("probe"), "" + millis)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(probe.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (probe.waitFor() != 0) throw new BenchException("the probe failed; it needs two cores", null);
        return Double.parseDouble(out.strip());
    }

    /// Whether that is the distance settled on.
    boolean fits(double distance) {
        boolean fits = anywhere || distance > reference * NEAR && distance < reference * FAR;
        if (!fits) refused++;
        return fits;
    }

    double reference() {
        return reference;
    }

    /// Looks that found another distance.
    int refused() {
        return refused;
    }
}
