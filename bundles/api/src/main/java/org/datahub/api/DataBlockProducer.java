package org.datahub.api;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/// The one producer of a block. Used by one thread at a time; [#close] may come from any thread.
///
/// Layer 1 ([#claim] to [#abort]) allocates nothing. Layer 2 ([#write], [#begin]) hands out views
/// that can't outlive
/// their transaction.
@ProviderType
public interface DataBlockProducer extends Participant {
    /// The capacity K.
    long slots();

    /// Claims the next slot within `timeout`; zero tries once. Where it found the ring full, it waits up
    /// to a millisecond of that time until three quarters of the ring are free. While a slot is claimed,
    /// a second claim throws `IllegalStateException`.
    Claim claim(Duration timeout);

    /// Claims the next slot, waiting as long as the block's write timeout says.
    default Claim claim() {
        return claim(writeTimeout());
    }

    /// How long a write waits that does not say it itself.
    Duration writeTimeout();

    /// The number of the slot that is claimed, or else will be claimed next.
    long next();

    /// The memory that holds the claimed slot; the payload begins at [#offset].
    MemorySegment segment();

    /// Where the claimed slot's payload begins in [#segment].
    long offset();

    /// Copies `bytes` bytes of `source`, from `sourceOffset` on, into the claimed slot's payload,
    /// `offset` bytes behind its beginning. The source is kept as long: its arena can't be closed meanwhile.
    ///
    /// From 4 KiB on, where the block is in memory and the source is no mapped file and no slot, the C
    /// library copies: it knows how this processor overwrites whole lines without fetching them first,
    /// and Java's own copies fetch them. On some processors that is several times as fast between cores
    /// that are far apart. It allocates nothing, but some 40 bytes for each 256 KiB of an array that do
    /// not begin where `source` begins. It has a danger that no other access has: if the owner of the
    /// block's files truncates them meanwhile, this process dies of SIGBUS, in place of the error
    /// `DH-1014`.
    ///
    /// A fault of a mapped source counts as one of the block, `DH-1014`.
    ///
    /// @param source memory of the caller's or of the heap
    /// @throws IndexOutOfBoundsException beyond `source` or beyond `slotBytes`, and then nothing is copied
    /// @throws IllegalStateException if no slot is claimed
    void put(MemorySegment source, long sourceOffset, long offset, long bytes);

    /// Commits the claimed slot with `length` payload bytes and the caller's own word. Visible when
    /// it returns.
    void commit(long length, long user);

    /// Commits the claimed slot with `length` payload bytes.
    default void commit(long length) {
        commit(length, 0);
    }

    /// Gives the claimed slot back; the next claim has the same number.
    void abort();

    /// Seals the slots from the next one on with the key of another epoch, derived from the same
    /// secret. Slots that are there stay valid: each is verified with the key of its own epoch.
    ///
    /// @return the new epoch
    /// @throws DataHubException `DH-7006` while the newest slots need all the epochs that are known;
    ///     `DH-7003` or `DH-7004` while nothing can be sealed
    /// @throws IllegalStateException while a slot is claimed, or if the algorithm has no keys
    long rotateKey();

    /// The most slots of a batch, B.
    int batch();

    /// Claims up to `count` slots in a row within `timeout`: as many as the gate allows, 0 if none.
    /// At most [#batch].
    int claimBatch(int count, Duration timeout);

    /// Where the payload of claimed slot `index` begins in [#segment].
    long offset(int index);

    /// The same as [#put(MemorySegment, long, long, long)] for claimed slot `index`.
    void put(int index, MemorySegment source, long sourceOffset, long offset, long bytes);

    /// Sets what the commit says of claimed slot `index`; without it, `slotBytes` and 0.
    void describe(int index, long length, long user);

    /// Commits the first `count` claimed slots at one point: a consumer sees all of them or none.
    /// They bear one
    /// timestamp.
    /// Claimed slots behind them are given back.
    void commitBatch(int count);

    /// Writes a batch: `body` gets up to `count` slots, and they are committed together when it
    /// returns, rolled back
    /// when it
    /// throws. Returns how many were committed.
    ///
    /// @throws DataHubException `DH-2005` when lossless consumers gate the first of them beyond the
    /// block's write
    /// timeout
    int writeBatch(int count, Consumer<WriteBatch> body);

    /// Writes one slot: commits when `body` returns, rolls back when it throws.
    ///
    /// @throws DataHubException `DH-2005` when lossless consumers gate it beyond the block's write
    /// timeout
    void write(Consumer<WriteTransaction> body);

    /// Begins a write that the caller ends; waits up to `timeout` at the gate.
    ///
    /// @throws DataHubException `DH-2005` when lossless consumers gate it beyond `timeout`
    WriteTransaction begin(Duration timeout);

    /// Lossless consumers that are attached now.
    int losslessConsumers();

    /// Slots written by this handle that no lossless consumer has seen or can still see.
    long unseen();

    /// Waits until every lossless consumer has released everything; dead ones are not waited for.
    /// False at the timeout.
    boolean drain(Duration timeout);

    /// Closes the stream: consumers that have read everything get [Next#END]. The block stays.
    @Override
    void close();

    /// Closes the stream and says why in words, of which 96 bytes of UTF-8 are kept; a plain
    /// [#close] says `closed`. Of several reasons the first counts.
    void close(String reason);
}
