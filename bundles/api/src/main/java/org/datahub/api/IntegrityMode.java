package org.datahub.api;

/// Who seals and verifies. The order is part of the layout.
public enum IntegrityMode {
    /// The engine: at each commit and before each delivery.
    ENFORCED,
    /// The caller: [WriteTransaction#seal] and [Slot#verify].
    MANUAL
}
