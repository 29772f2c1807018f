package org.datahub.distribution;

import org.datahub.api.BufferPolicy;
import org.datahub.api.Delivery;
import org.datahub.api.ProducerState;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockInfo;

/// How a tap reads. What the user leaves open is chosen so that a look never disturbs and a copy
/// misses nothing.
///
/// @param delivery what the tap is to the producer
/// @param from where it begins
record Reading(Delivery delivery, StartFrom from) {
    /// The word after `--mode`.
    enum Mode {
        /// Gates the producer.
        LOSSLESS,
        /// Never gates, is told what it missed.
        OBSERVER,
        /// The newest slot of a state block, in place.
        LATEST
    }

    /// For the block that arrived. `raw` is a copy, otherwise a look; `mode` and `from` are null
    /// where the user said nothing.
    static Reading of(Arrival arrival, boolean raw, Mode mode, StartFrom from) {
        BlockInfo info = arrival.info();
        boolean state = info.policy() == SyncPolicy.LATEST_ONLY && info.buffer() != BufferPolicy.RING_BUFFER;
        boolean fresh = arrival.waited() || info.producerState() != ProducerState.ALIVE;
        StartFrom start = from;
        if (start == null) start = !state && (raw || fresh) ? StartFrom.OLDEST : StartFrom.LATEST;
        return new Reading(mode == null ? usual(info, state, raw) : delivery(mode), start);
    }

    private static Delivery usual(BlockInfo info, boolean state, boolean raw) {
        if (state) return Delivery.PINNED;
        return raw && info.policy() != SyncPolicy.LATEST_ONLY ? Delivery.LOSSLESS : Delivery.OBSERVER;
    }

    private static Delivery delivery(Mode mode) {
        return switch (mode) {
            case LOSSLESS -> Delivery.LOSSLESS;
            case OBSERVER -> Delivery.OBSERVER;
            case LATEST -> Delivery.PINNED;
        };
    }
}
