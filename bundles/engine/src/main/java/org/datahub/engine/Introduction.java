package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Kernel;

/// What a producer tells of itself in `state`.
///
/// @param pid as it sees itself
/// @param startTicks when it began
/// @param pidNamespace where its pid counts
/// @param timeNamespace where its clock runs
/// @param uid its user
/// @param label what it calls itself
/// @param barriers whether it takes part in barriers
/// @param beatNanos time of its last beat
/// @param utcOffset UTC at that beat, seen from its clock
/// @param beatInterval time between its beats
record Introduction(
        long pid,
        long startTicks,
        long pidNamespace,
        long timeNamespace,
        int uid,
        String label,
        boolean barriers,
        long beatNanos,
        long utcOffset,
        long beatInterval) {

    /// Of the caller, now.
    static Introduction of(Kernel kernel, String label, long beatInterval) {
        Kernel.Identity who = kernel.identity();
        long now = kernel.nanos();
        return new Introduction(
                who.pid(),
                who.startTicks(),
                who.pidNamespace(),
                who.timeNamespace(),
                who.uid(),
                label,
                kernel.barriers(),
                now,
                utcOffset(now),
                beatInterval);
    }

    /// UTC, seen from the clock that shows `nanos`.
    static long utcOffset(long nanos) {
        return System.currentTimeMillis() * 1_000_000L - nanos;
    }

    /// Of the last producer.
    static Introduction load(MemorySegment state) {
        return new Introduction(
                Words.opaque(state, StateLayout.PID),
                Words.opaque(state, StateLayout.START_TICKS),
                Words.opaque(state, StateLayout.PID_NAMESPACE),
                Words.opaque(state, StateLayout.TIME_NAMESPACE),
                Words.plainInt(state, StateLayout.UID),
                Words.text(
                        state,
                        StateLayout.LABEL,
                        StateLayout.MOST_LABEL_BYTES,
                        Words.plainInt(state, StateLayout.LABEL_BYTES)),
                Words.acquire(state, StateLayout.BARRIERS) != 0,
                Words.opaque(state, StateLayout.BEAT_NS),
                Words.opaque(state, StateLayout.UTC_OFFSET_NS),
                Words.opaque(state, StateLayout.BEAT_INTERVAL_NS));
    }

    /// For who holds byte 0.
    void store(MemorySegment state) {
        Words.opaque(state, StateLayout.PID, pid);
        Words.opaque(state, StateLayout.START_TICKS, startTicks);
        Words.opaque(state, StateLayout.PID_NAMESPACE, pidNamespace);
        Words.opaque(state, StateLayout.TIME_NAMESPACE, timeNamespace);
        Words.plainInt(state, StateLayout.UID, uid);
        Words.plainInt(
                state,
                StateLayout.LABEL_BYTES,
                Words.text(state, StateLayout.LABEL, StateLayout.MOST_LABEL_BYTES, label));
        Words.release(state, StateLayout.BARRIERS, barriers ? 1 : 0);
        Words.opaque(state, StateLayout.BEAT_INTERVAL_NS, beatInterval);
        tellTime(state, beatNanos, utcOffset); // the predecessor's clock may have been another one
    }

    /// A beat.
    static void tellTime(MemorySegment state, long nanos, long utcOffset) {
        Words.opaque(state, StateLayout.BEAT_NS, nanos);
        Words.opaque(state, StateLayout.UTC_OFFSET_NS, utcOffset);
    }
}
