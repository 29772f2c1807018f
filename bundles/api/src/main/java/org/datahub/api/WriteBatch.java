package org.datahub.api;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/// Slots in a row that are written together. Ends with commit or abort, and the payload views die
/// with it.
///
/// Belongs to the thread that runs its body. After its end every method throws
/// `IllegalStateException`.
@ProviderType
public interface WriteBatch {
    /// How many slots there are: at least 1, fewer than asked for where lossless consumers gate the
    /// others.
    int size();

    /// The number of slot `index`, if it is committed.
    long number(int index);

    /// The payload area of slot `index`.
    MemorySegment payload(int index);

    /// Copies into the payload of slot `index`, as [WriteTransaction#put] does.
    WriteBatch put(int index, MemorySegment source, long sourceOffset, long offset, long bytes);

    /// Sets how many payload bytes of slot `index` the commit covers; without it, all of them.
    WriteBatch length(int index, long bytes);

    /// Sets the caller's own word of slot `index`.
    WriteBatch user(int index, long word);

    /// Commits the first `count` slots at one point, and gives the others back.
    void commit(int count);

    /// Gives all slots back.
    void abort();
}
