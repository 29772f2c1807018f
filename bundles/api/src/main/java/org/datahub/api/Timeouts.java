package org.datahub.api;

import java.time.Duration;

/// How long calls wait that do not say it themselves. Zero tries once; a time too long to count in
/// nanoseconds never
/// ends.
///
/// @param write a write at the gate
/// @param read a read that finds nothing
/// @param attach an attach to a block that is not there yet
public record Timeouts(Duration write, Duration read, Duration attach) {
    /// Refuses negative times.
    public Timeouts {
        check("write", write);
        check("read", read);
        check("attach", attach);
    }

    private static void check(String what, Duration time) {
        if (time.isNegative()) throw new IllegalArgumentException("negative time: " + what + "=" + time);
    }

    /// 5 s for a write and a read; an attach looks once.
    public static Timeouts defaults() {
        return new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ZERO);
    }

    /// With this time for writes.
    public Timeouts write(Duration time) {
        return new Timeouts(time, read, attach);
    }

    /// With this time for reads.
    public Timeouts read(Duration time) {
        return new Timeouts(write, time, attach);
    }

    /// With this time for attaches.
    public Timeouts attach(Duration time) {
        return new Timeouts(write, read, time);
    }
}
