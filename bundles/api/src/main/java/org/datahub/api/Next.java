package org.datahub.api;

/// What a consumer's next step brought.
public enum Next {
    /// A slot.
    SLOT,
    /// Slots were missed: [DataBlockConsumer#gapFrom] to [DataBlockConsumer#gapTo]; the consumer
    /// stands behind them.
    GAP,
    /// Nothing came within the time.
    TIMEOUT,
    /// The producer closed the stream and everything was read; [DataBlockConsumer#endReason] says
    /// why. The handle stays attached: a later producer goes on.
    END
}
