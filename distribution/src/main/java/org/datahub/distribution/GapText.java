package org.datahub.distribution;

import java.util.Map;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.GapReason;

/// Slots that a tap missed.
///
/// @param from the first one
/// @param to the first one behind
/// @param reason why
record GapText(long from, long to, GapReason reason) {
    /// The last gap of `in`.
    static GapText of(DataBlockConsumer in) {
        return new GapText(in.gapFrom(), in.gapTo(), in.gapReason());
    }

    /// For people.
    String line() {
        return "missed " + (to - from) + " slots: from=" + from + ", to=" + (to - 1) + ", reason=" + reason;
    }

    /// For programs: an object that no slot looks like.
    Map<String, GapText> object() {
        return Map.of("gap", this);
    }
}
