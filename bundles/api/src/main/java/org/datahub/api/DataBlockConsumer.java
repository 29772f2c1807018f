package org.datahub.api;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/// One consumer of a block. Used by one thread at a time; [#close] may come from any thread.
///
/// Layer 1 ([#next] to [#release]) allocates nothing. Layer 2 ([#read], [#follow]) hands out views
/// that can't outlive
/// their slot. Whatever the layer: received slots and reported gaps together are all that was
/// published behind the
/// start.
@ProviderType
public interface DataBlockConsumer extends Participant {
    /// Steps to the next slot, waiting up to `timeout`; zero looks once. A slot that is still held
    /// is released first;
    /// if it turns out lost, that is what this call reports.
    ///
    /// @throws DataHubException `DH-7001`, `DH-7002`, `DH-7003` for slots that may not be delivered
    Next next(Duration timeout);

    /// Steps to the next slot, waiting as long as the hub's [Timeouts#read] says.
    default Next next() {
        return next(readTimeout());
    }

    /// How long a read waits that does not say it itself.
    Duration readTimeout();

    /// As [#next], for up to `most` slots in a row that are there already: one wait, one pass of
    /// verification, one
    /// release.
    /// In place only: a consumer that takes copies gets one.
    Next nextBatch(int most, Duration timeout);

    /// Slots that are held now.
    int held();

    /// The number of the first slot that is held, or the next one wanted.
    long number();

    /// The memory that holds the slot's payload, from [#offset]; read-only.
    MemorySegment segment();

    /// Where the payload of held slot `index` begins in [#segment].
    long offset(int index);

    /// Payload bytes of held slot `index`.
    long length(int index);

    /// CLOCK_MONOTONIC nanoseconds at the commit of held slot `index`, 0 where the block has no
    /// clock.
    long timestamp(int index);

    /// The producer's own word of held slot `index`.
    long user(int index);

    /// Where the slot's payload begins in [#segment].
    default long offset() {
        return offset(0);
    }

    /// Payload bytes of the slot.
    default long length() {
        return length(0);
    }

    /// CLOCK_MONOTONIC nanoseconds at the commit, 0 where the block has no clock.
    default long timestamp() {
        return timestamp(0);
    }

    /// The producer's own word.
    default long user() {
        return user(0);
    }

    /// Nanoseconds that make a time stamp of this block UTC: what the producer's clocks said at its
    /// last beat, so it follows a wall clock that is set. 0 where nobody has produced yet. Time
    /// stamps of an earlier producer in another time namespace are of another clock.
    long utcOffset();

    /// Whether the slot failed its verification ([BadSlot#DELIVER]).
    boolean bad();

    /// Verifies the held slot's tag; for blocks of [IntegrityMode#MANUAL].
    ///
    /// @throws DataHubException `DH-7003` if its provider is not there; `DH-7004` if its key is not,
    ///     or if the slot is not one of the newest any more and its key epoch is over
    boolean verify();

    /// Whether the held slot is still what was delivered.
    boolean intact();

    /// Releases what is held. False: not all of it could be proven intact to the end and the rest
    /// counts as missed, as
    /// [Next#GAP] would
    /// say ([#gapFrom], [#gapTo]).
    boolean release();

    /// First slot of the last gap.
    long gapFrom();

    /// First slot behind the last gap.
    long gapTo();

    /// Why the last gap.
    GapReason gapReason();

    /// Reads one slot: `body` sees it, and it is released when `body` returns or throws. [Next#GAP]
    /// when slots were
    /// missed
    /// or the slot `body` saw was lost meanwhile.
    Next read(Duration timeout, Consumer<Slot> body);

    /// Reads one slot, waiting as long as the hub's [Timeouts#read] says.
    default Next read(Consumer<Slot> body) {
        return read(readTimeout(), body);
    }

    /// The slots from here to the end of the stream, waiting for each; a slot is released when the
    /// loop advances. Gaps
    /// show
    /// in [#missed].
    Iterable<Slot> follow();

    /// Goes to slot `n`, which may be gone already: then the next call reports the gap. Refused
    /// beyond the next slot.
    /// Passing over slots is no gap. For a lossless consumer it is a leave and a join.
    void seek(long n);

    /// Goes to the oldest intact slot, or behind the newest.
    void seek(StartFrom place);

    /// Goes to the first intact slot that was committed at `nanos` (CLOCK_MONOTONIC) or later.
    ///
    /// @throws IllegalStateException where the block has no time stamps
    void seekTime(long nanos);

    /// Publishes this consumer's slots as copies, to one subscriber, on a thread of its own that
    /// lasts until the end of the stream, an error, or a cancel. A slot whose provider or key is
    /// away is waited for as long as a read waits; then that is the error. The handle belongs to
    /// that thread from the first request on.
    java.util.concurrent.Flow.Publisher<SlotCopy> publisher();

    /// Slots delivered and proven.
    long received();

    /// Slots that were published and that this consumer did not get. On a state block: numbers that
    /// were replaced by
    /// newer
    /// ones before it looked.
    long missed();

    /// Committed slots not yet released by this consumer.
    long lag();

    /// Why the producer closed the stream, in its words: to be asked after [Next#END]. Empty where
    /// the stream has not ended, or goes on already.
    String endReason();

    /// What is known of the producer; asks the kernel.
    ProducerState producer();

    /// Detaches; wakes this consumer where it waits.
    @Override
    void close();
}
