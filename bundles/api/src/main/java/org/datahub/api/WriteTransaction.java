package org.datahub.api;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/// One write. It ends with commit, abort or close (which aborts), and its payload view dies with
/// it.
///
/// Belongs to the thread that began it. After its end every method throws `IllegalStateException`.
@ProviderType
public interface WriteTransaction extends AutoCloseable {
    /// The slot's number, if it is committed.
    long number();

    /// The slot's payload area, all `slotBytes` of it: the bytes in it are undefined until written.
    /// The view throws
    /// after the transaction's end, so it never touches another slot.
    MemorySegment payload();

    /// Copies into the payload without a view of it, as
    /// [DataBlockProducer#put(MemorySegment, long, long, long)] does: the way for large payloads that lie elsewhere
    /// already. The length of the slot is not changed.
    ///
    /// @throws IndexOutOfBoundsException beyond `source` or beyond `slotBytes`, and then nothing is copied
    WriteTransaction put(MemorySegment source, long sourceOffset, long offset, long bytes);

    /// Sets how many payload bytes the commit covers; without it, all of them.
    WriteTransaction length(long bytes);

    /// Sets the caller's own word of the slot header.
    WriteTransaction user(long word);

    /// Seals the first [#length] bytes now; only for blocks of [IntegrityMode#MANUAL]. Nothing
    /// sealed may change after.
    WriteTransaction seal();

    /// Commits: the slot is visible to every consumer when this returns.
    void commit();

    /// Sets the length and commits.
    default void commit(long bytes) {
        length(bytes).commit();
    }

    /// Gives the slot back: nothing becomes visible, and the next write has the same number.
    void abort();

    /// Aborts, if neither commit nor abort came before.
    @Override
    void close();
}
