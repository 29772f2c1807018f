package org.datahub.api.keys;

import java.time.Duration;
import java.util.Objects;

/// When a producer begins a new key epoch by itself. Algorithms without keys know no epochs.
///
/// @param slots after so many slots from the epoch's first one on, and those of a batch that is begun; 0: never
/// @param age with the first slot that is this much later than the first one of the epoch; zero: never
public record KeyLimits(long slots, Duration age) {
    /// An epoch lasts until it is told to end.
    public static final KeyLimits NONE = new KeyLimits(0, Duration.ZERO);

    /// @throws IllegalArgumentException for a negative limit
    public KeyLimits {
        Objects.requireNonNull(age, "age");
        if (slots < 0) throw new IllegalArgumentException("slots out of range: key.max.slots=" + slots + ", least=0");
        if (age.isNegative()) throw new IllegalArgumentException("negative time: key.max.age=" + age);
    }
}
