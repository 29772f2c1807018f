package org.datahub.distribution.demo;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.datahub.api.Claim;
import org.datahub.api.DataBlockProducer;
import org.datahub.distribution.Pace;

/// Publishes one stream at its rate, straight into shared memory.
final class Source {
    private static final Duration SLICE = Duration.ofMillis(100);
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final long POLL_NANOS = 2_000_000;

    private final DataBlockProducer out;
    private final Content content;
    private final Consumer<Report> reports;

    Source(DataBlockProducer out, Content content, Consumer<Report> reports) {
        this.out = out;
        this.content = content;
        this.reports = reports;
    }

    /// From the moment that `go` says so until `stop` does; then waits for the consumers, so that
    /// the close of `out` is the end of what they have read.
    void run(BooleanSupplier go, BooleanSupplier stop) {
        reports.accept(new Report.Ready(content.name()));
        while (!go.getAsBoolean() && !stop.getAsBoolean()) LockSupport.parkNanos(POLL_NANOS);
        Pace pace = new Pace(content.rate());
        while (pace.await(stop)) {
            if (out.claim(SLICE) == Claim.FULL) continue;
            content.fill(out.segment(), out.offset(), out.next());
            out.commit(content.bytes());
        }
        out.drain(DRAIN);
        reports.accept(new Report.Published(content.name(), out.next()));
    }
}
