package org.datahub.api.admin;

/// What a block's next generation is to be. What is left open stays as it is.
///
/// @param allocator name of the allocator of its data segment; null: the present one
/// @param slots its capacity K; 0: the present one
/// @param slotBytes its most payload bytes of a slot; 0: the present ones
/// @param force whether the stream goes on in it also where a lossless consumer can't follow, or does
///     not answer: such a consumer reads what was written before, then its stream ends
public record HandoverSpec(String allocator, long slots, long slotBytes, boolean force) {
    /// @throws IllegalArgumentException for a negative size
    public HandoverSpec {
        if (slots < 0) throw new IllegalArgumentException("slots out of range: slots=" + slots + ", least=0");
        if (slotBytes < 0) {
            throw new IllegalArgumentException("slot bytes out of range: slot.bytes=" + slotBytes + ", least=0");
        }
    }

    /// A generation like the present one.
    public static HandoverSpec same() {
        return new HandoverSpec(null, 0, 0, false);
    }

    /// With this allocator.
    public HandoverSpec allocator(String name) {
        return new HandoverSpec(name, slots, slotBytes, force);
    }

    /// With this capacity.
    public HandoverSpec slots(long count) {
        return new HandoverSpec(allocator, count, slotBytes, force);
    }

    /// With slots of this size.
    public HandoverSpec slotBytes(long bytes) {
        return new HandoverSpec(allocator, slots, bytes, force);
    }

    /// Whoever can't follow is left behind.
    public HandoverSpec forced() {
        return new HandoverSpec(allocator, slots, slotBytes, true);
    }
}
