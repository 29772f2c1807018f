package org.datahub.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/// How a consumer reads. Immutable; each method returns a changed copy.
///
/// @param delivery what the consumer is to the producer
/// @param from where it begins
/// @param accept names of the algorithms whose slots it takes; never learnt from a slot; null for what
/// the block's configuration in this container says, else [#SEALED]
/// @param badSlot what becomes of a slot that fails verification; null for what the block's
/// configuration in this container says, else [BadSlot#FAIL]
/// @param copyFirst whether a slot is copied before it is verified, so that a hostile writer can't
/// change it afterwards
/// @param attachTimeout how long to wait for a block that is not there yet, zero looks once; or
/// null for the hub's time
/// @param waiting how it waits
/// @param interval the least time between two deliveries, of the newest slot each; zero: every slot
/// @param label what people see in `info`, at most 64 bytes of UTF-8
public record ConsumerSpec(
        Delivery delivery,
        StartFrom from,
        Set<String> accept,
        BadSlot badSlot,
        boolean copyFirst,
        Duration attachTimeout,
        Waiting waiting,
        Duration interval,
        String label) {

    /// What a consumer accepts when nobody says anything: every algorithm that detects damage, so not
    /// `none`.
    public static final Set<String> SEALED = Set.of("crc32c", "hmac-sha256", "blake2b-256");

    /// Checks that nothing is missing.
    public ConsumerSpec {
        Objects.requireNonNull(delivery, "delivery");
        Objects.requireNonNull(from, "from");
        if (accept != null) accept = Set.copyOf(accept);
        Objects.requireNonNull(waiting, "waiting");
        if (attachTimeout != null && attachTimeout.isNegative())
            throw new IllegalArgumentException("negative time: attachTimeout=" + attachTimeout);
        if (interval.isNegative()) throw new IllegalArgumentException("negative time: interval=" + interval);
        if (!interval.isZero() && delivery == Delivery.LOSSLESS) {
            throw new IllegalArgumentException("a lossless consumer skips nothing: interval=" + interval);
        }
        if (label.isEmpty()) throw new IllegalArgumentException("empty label");
    }

    /// A consumer that gates the producer.
    public static ConsumerSpec lossless() {
        return of(Delivery.LOSSLESS);
    }

    /// A consumer that never gates.
    public static ConsumerSpec observer() {
        return of(Delivery.OBSERVER);
    }

    /// A consumer that reads the newest slot of a state block in place.
    public static ConsumerSpec pinned() {
        return of(Delivery.PINNED);
    }

    private static ConsumerSpec of(Delivery delivery) {
        return new ConsumerSpec(
                delivery, StartFrom.LATEST, null, null, false, null, Waiting.BLOCK, Duration.ZERO, "consumer");
    }

    /// Beginning here.
    public ConsumerSpec from(StartFrom start) {
        return new ConsumerSpec(delivery, start, accept, badSlot, copyFirst, attachTimeout, waiting, interval, label);
    }

    /// Taking slots of these algorithms only; `none` must be named to be taken.
    public ConsumerSpec accept(String... algorithms) {
        return new ConsumerSpec(
                delivery, from, Set.of(algorithms), badSlot, copyFirst, attachTimeout, waiting, interval, label);
    }

    /// Treating bad slots like this.
    public ConsumerSpec badSlot(BadSlot policy) {
        return new ConsumerSpec(delivery, from, accept, policy, copyFirst, attachTimeout, waiting, interval, label);
    }

    /// With these where nothing is said.
    public ConsumerSpec orElse(Set<String> algorithms, BadSlot policy) {
        return new ConsumerSpec(
                delivery,
                from,
                accept == null ? algorithms : accept,
                badSlot == null ? policy : badSlot,
                copyFirst,
                attachTimeout,
                waiting,
                interval,
                label);
    }

    /// Verifying a private copy of each slot, and reading that. Whoever can write the block's data
    /// can otherwise
    /// change a slot between its verification and its use. It costs a copy a slot: about as much as
    /// reading it once more; nothing is pinned, and a batch is one slot.
    public ConsumerSpec copyFirst(boolean wanted) {
        return new ConsumerSpec(delivery, from, accept, badSlot, wanted, attachTimeout, waiting, interval, label);
    }

    /// Waiting up to `time` for the block to appear.
    public ConsumerSpec attachTimeout(Duration time) {
        return new ConsumerSpec(delivery, from, accept, badSlot, copyFirst, time, waiting, interval, label);
    }

    /// Waiting like this.
    public ConsumerSpec waiting(Waiting chosen) {
        return new ConsumerSpec(delivery, from, accept, badSlot, copyFirst, attachTimeout, chosen, interval, label);
    }

    /// Known to people as `text`.
    public ConsumerSpec label(String text) {
        return new ConsumerSpec(delivery, from, accept, badSlot, copyFirst, attachTimeout, waiting, interval, text);
    }

    /// Getting the newest slot at most once in `time`. What lies between is passed over and counts
    /// as missed; while it
    /// waits
    /// for the time, this consumer costs the producer nothing.
    public ConsumerSpec newestEach(Duration time) {
        return new ConsumerSpec(delivery, from, accept, badSlot, copyFirst, attachTimeout, waiting, time, label);
    }
}
