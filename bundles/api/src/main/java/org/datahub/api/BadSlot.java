package org.datahub.api;

/// What a consumer does with a slot that fails its verification. It is counted in any case.
public enum BadSlot {
    /// The read throws `DH-7001`; the next read goes on behind the slot.
    FAIL,
    /// The slot becomes a reported gap.
    SKIP,
    /// The slot is delivered, and [Slot#bad] says so.
    DELIVER
}
