package org.datahub.api.spi;

import org.osgi.annotation.versioning.ConsumerType;

/// Where data segments come from. Needed to create and to open only: mappings outlive it. Safe for
/// use by many threads.
@ConsumerType
public interface SegmentAllocator {
    /// Its name, as `allocator.name`, in targets and in the generation table.
    String name();

    /// Bytes of a page of its memory.
    long pageBytes();

    /// Where a new segment will live: empty for the block's own directory, else an absolute path.
    /// Stands in `state`.
    String locator();

    /// Creates the file for a segment, `bytes` of it reserved, mode 0640; nothing is left behind
    /// when it throws.
    ///
    /// @param block the block's directory
    /// @param file the file's name, `data.` and the generation
    /// @throws org.datahub.api.DataHubException `DH-1005` or `DH-1006` when there is no room
    NativeFile allocate(Directory block, String file, long bytes);

    /// Opens the file of a segment, or returns null where it is gone.
    NativeFile open(Directory block, String locator, String file, boolean writable);

    /// Removes the file of a segment; mappings stay.
    void release(Directory block, String locator, String file);
}
