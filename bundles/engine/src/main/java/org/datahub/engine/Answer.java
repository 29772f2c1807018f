package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// What a producer answers to a request. Its ordinal stands in `state`.
enum Answer {
    /// It was carried out.
    DONE("done"),
    /// A producer of another version, or a damaged request.
    UNKNOWN("the producer does not know such a request"),
    /// Nobody in the row gates the producer, or somebody else by now.
    NO_CONSUMER("no lossless consumer is in this row");

    private final String why;

    Answer(String why) {
        this.why = why;
    }

    /// In words.
    String why() {
        return why;
    }

    /// Stores the answer to request `number`.
    void store(MemorySegment state, long number) {
        Words.plainInt(state, StateLayout.ANSWER_RESULT, ordinal());
        Words.release(state, StateLayout.ANSWER_NUMBER, number);
    }

    /// The answer to the request `number`; null while there is none.
    static Answer load(MemorySegment state, long number) {
        if (Words.acquire(state, StateLayout.ANSWER_NUMBER) != number) return null;
        int result = Words.plainInt(state, StateLayout.ANSWER_RESULT);
        return result >= 0 && result < values().length ? values()[result] : UNKNOWN;
    }
}
