package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// What a producer answers to a request. Its ordinal stands in `state`.
enum Answer {
    /// It was carried out.
    DONE("done"),
    /// A producer of another version, or a damaged request.
    UNKNOWN("the producer does not know such a request"),
    /// Nobody in the row gates the producer, or somebody else by now.
    NO_CONSUMER("no lossless consumer is in this row"),
    /// A handover is prepared, or the generation before the present one still stands.
    HANDOVER_AT_WORK("another handover is not over yet: slots.to.write="),
    /// There is no handover that could be cancelled.
    NO_HANDOVER("no handover is under way, or it has gone too far"),
    /// The algorithm that seals the block has no keys.
    NO_KEYS("the block's algorithm has no keys"),
    /// The newest slots need all the key epochs that are known.
    NO_EPOCH("the newest slots need all key epochs that are known: again.at.slot=", ErrorCode.ROTATION_REFUSED),
    /// The producer's provider does not hold its key.
    NO_KEY("the producer's integrity provider has no key", ErrorCode.KEY_MISSING),
    /// The producer has no provider to seal with.
    NO_PROVIDER("the producer's integrity provider is not there", ErrorCode.INTEGRITY_MISSING);

    private final String why;
    private final ErrorCode code;

    Answer(String why) {
        this(why, ErrorCode.REQUEST_REFUSED);
    }

    Answer(String why, ErrorCode code) {
        this.why = why;
        this.code = code;
    }

    /// In words, with what the answer says besides.
    String why(long value) {
        return why.endsWith("=") ? why + value : why;
    }

    /// The error that the requester gets.
    ErrorCode code() {
        return code;
    }

    /// Stores the answer to request `number`, with what it says besides.
    void store(MemorySegment state, long number, long value) {
        Words.plain(state, StateLayout.ANSWER_VALUE, value);
        Words.plainInt(state, StateLayout.ANSWER_RESULT, ordinal());
        Words.release(state, StateLayout.ANSWER_NUMBER, number);
    }

    /// What the answer that was loaded last says besides.
    static long value(MemorySegment state) {
        return Words.plain(state, StateLayout.ANSWER_VALUE);
    }

    /// The answer to the request `number`; null while there is none.
    static Answer load(MemorySegment state, long number) {
        if (Words.acquire(state, StateLayout.ANSWER_NUMBER) != number) return null;
        int result = Words.plainInt(state, StateLayout.ANSWER_RESULT);
        return result >= 0 && result < values().length ? values()[result] : UNKNOWN;
    }
}
