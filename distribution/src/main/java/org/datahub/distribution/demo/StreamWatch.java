package org.datahub.distribution.demo;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Next;
import org.datahub.examples.instrument.Content;

/// Reads one stream to its end, holds every slot against what must come, and reports each second.
final class StreamWatch {
    private static final Duration SLICE = Duration.ofMillis(100);
    private static final long SECOND = 1_000_000_000;

    private final DataBlockConsumer in;
    private final Content content;
    private final Consumer<Report> reports;
    private final Histogram latency = new Histogram();
    private final Histogram latencyInAll = new Histogram();
    private final long first;
    private long expected;
    private long received;
    private long missed;
    private long repeated;
    private long misverified;
    private long since;
    private long due;
    private long slots;
    private long bytes;
    private long pause;
    private long lastSlot;

    StreamWatch(DataBlockConsumer in, Content content, Consumer<Report> reports) {
        this.in = in;
        this.content = content;
        this.reports = reports;
        this.first = in.number();
        this.expected = first;
    }

    /// Until the stream ends or `stop` says so.
    void run(BooleanSupplier stop) {
        reports.accept(new Report.Ready(content.name()));
        begin(System.nanoTime());
        while (!stop.getAsBoolean()) {
            Next next = in.next(SLICE);
            long now = System.nanoTime(); // CLOCK_MONOTONIC, as the slot's time stamp
            switch (next) {
                case SLOT -> take(now);
                case GAP -> missGap();
                case TIMEOUT -> {}
                case END -> {
                    report(now, true);
                    return;
                }
            }
            if (now - due >= 0) report(now, false);
        }
    }

    /// The seconds are counted from the first slot.
    private void begin(long now) {
        since = now;
        due = now + SECOND;
    }

    private void take(long now) {
        if (received == 0) begin(now);
        long number = in.number();
        long length = in.length();
        latency.record(now - in.timestamp());
        boolean right = content.verify(in.segment(), in.offset(), length, number);
        if (!in.release()) {
            missGap();
            return;
        }
        if (number < expected) repeated++;
        else missed += number - expected;
        if (!right) misverified++;
        expected = Math.max(expected, number + 1);
        received++;
        slots++;
        bytes += length;
        if (lastSlot != 0) pause = Math.max(pause, now - lastSlot);
        lastSlot = now;
    }

    private void missGap() {
        missed += in.gapTo() - in.gapFrom();
        expected = Math.max(expected, in.gapTo());
    }

    private void report(long now, boolean last) {
        latencyInAll.add(latency);
        reports.accept(new Report.Got(
                content.name(),
                (now - since) / (double) SECOND,
                slots,
                bytes,
                latency.percentile(0.5),
                latency.percentile(0.99),
                pause,
                new Report.Total(
                        first,
                        received,
                        missed,
                        repeated,
                        misverified,
                        latencyInAll.percentile(0.5),
                        latencyInAll.percentile(0.99)),
                last));
        latency.clear();
        since = now;
        while (due - now <= 0) due += SECOND;
        slots = 0;
        bytes = 0;
        pause = 0;
    }
}
