package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// Why a stream ended, in its producer's words. They count while `end` is not 0.
final class EndReason {
    /// Where the producer said nothing.
    static final String CLOSED = "closed";

    private EndReason() {}

    /// Stores the words; `end` is to be stored with release after them.
    static void store(MemorySegment state, String reason) {
        Words.opaque(state, StateLayout.END_INCARNATION, 0);
        Words.storeFence(); // who reads words that change sees that they do
        Words.plainInt(
                state,
                StateLayout.END_REASON_BYTES,
                Words.text(state, StateLayout.END_REASON, StateLayout.MOST_END_REASON_BYTES, reason));
        Words.release(state, StateLayout.END_INCARNATION, Words.acquire(state, StateLayout.INCARNATION));
    }

    /// The words of the present end; empty where there is none.
    static String load(MemorySegment state) {
        while (true) {
            long end = Words.acquire(state, StateLayout.END);
            if (end == 0) return "";
            // Two streams may end at one number, but not in one incarnation.
            long incarnation = Words.acquire(state, StateLayout.END_INCARNATION);
            String reason = Words.text(
                    state,
                    StateLayout.END_REASON,
                    StateLayout.MOST_END_REASON_BYTES,
                    Words.plainInt(state, StateLayout.END_REASON_BYTES));
            Words.acquireFence();
            boolean settled = Words.acquire(state, StateLayout.END_INCARNATION) == incarnation
                    && Words.acquire(state, StateLayout.END) == end;
            if (settled) return incarnation == 0 ? "" : reason;
            Thread.onSpinWait();
        }
    }
}
