package org.datahub.api.spi;

import java.util.Map;
import java.util.function.Function;
import org.datahub.api.DataHubException;

/// What a component was told. Where the words can't be used, the component stands all the same, and
/// says so to each call that needs them: one that failed to start would be missing without a reason.
///
/// @param <S> the settings
public final class Configured<S> {
    private final S settings;
    private final DataHubException refusal; // null where they are good

    private Configured(S settings, DataHubException refusal) {
        this.settings = settings;
        this.refusal = refusal;
    }

    /// Settings that are good.
    public static <S> Configured<S> with(S settings) {
        return new Configured<>(settings, null);
    }

    /// Settings by a component's properties.
    ///
    /// @param reading of the operator's words; may refuse them with `DH-6001`
    public static <S> Configured<S> by(Map<String, ?> properties, Function<Map<String, String>, S> reading) {
        try {
            return with(reading.apply(OperatorWords.of(properties)));
        } catch (DataHubException e) {
            return new Configured<>(null, e);
        }
    }

    /// The settings.
    ///
    /// @throws DataHubException `DH-6001`
    public S get() {
        if (refusal == null) return settings;
        throw new DataHubException(refusal.code(), refusal.problem(), refusal.advice(), refusal);
    }
}
