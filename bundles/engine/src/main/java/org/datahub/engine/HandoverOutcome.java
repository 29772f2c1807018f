package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// What became of the handover to a generation, as `state` tells of the last one.
///
/// @param result [#CUT] or [#CANCELLED]
/// @param first the first slot of the generation
/// @param reason why it was cancelled
record HandoverOutcome(int result, long first, String reason) {
    /// The stream goes on in the generation.
    static final int CUT = 0;

    /// It goes on as it was.
    static final int CANCELLED = 1;

    static void store(MemorySegment state, long number, int result, long first, String reason) {
        Words.release(state, StateLayout.HANDOVER_OVER, 0);
        Words.storeFence();
        Words.plainInt(state, StateLayout.HANDOVER_RESULT, result);
        Words.plainInt(
                state,
                StateLayout.HANDOVER_BYTES,
                Words.text(state, StateLayout.HANDOVER_REASON, StateLayout.MOST_HANDOVER_BYTES, reason));
        Words.plain(state, StateLayout.HANDOVER_CUT, first);
        Words.release(state, StateLayout.HANDOVER_OVER, number);
    }

    /// That of the handover to generation `number`; null where it is not over, or another one was
    /// after it.
    static HandoverOutcome load(MemorySegment state, long number) {
        if (Words.acquire(state, StateLayout.HANDOVER_OVER) != number) return null;
        HandoverOutcome found = new HandoverOutcome(
                Words.plainInt(state, StateLayout.HANDOVER_RESULT),
                Words.plain(state, StateLayout.HANDOVER_CUT),
                Words.text(
                        state,
                        StateLayout.HANDOVER_REASON,
                        StateLayout.MOST_HANDOVER_BYTES,
                        Words.plainInt(state, StateLayout.HANDOVER_BYTES)));
        Words.acquireFence();
        return Words.acquire(state, StateLayout.HANDOVER_OVER) == number ? found : null;
    }
}
