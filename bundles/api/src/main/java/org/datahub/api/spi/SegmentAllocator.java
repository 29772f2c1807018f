package org.datahub.api.spi;

import java.util.Map;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.osgi.annotation.versioning.ConsumerType;

/// Where data segments come from. Needed to create and to open only: mappings outlive it. Safe for
/// use by many threads.
@ConsumerType
public interface SegmentAllocator {
    /// Its name, as `allocator.name`, in targets and in the generation table.
    String name();

    /// Bytes of a page of the memory that it is meant to give.
    long pageBytes();

    /// The same allocator with these words of the operator, by the keys of its `.cfg`: for programs
    /// without a container. In one, configuration comes from Config Admin.
    ///
    /// @throws org.datahub.api.DataHubException `DH-6001` when a word can't be used
    default SegmentAllocator configured(Map<String, String> words) {
        if (words.isEmpty()) return this;
        throw new DataHubException(
                ErrorCode.CONFIGURATION,
                "the allocator has no configuration: allocator=" + name() + ", keys=" + words.keySet(),
                "remove these keys");
    }

    /// The directory below which a block that is created with this allocator keeps all its files, so
    /// that they are found after a restart of the machine; empty for the hub directory. Such a block's
    /// own segment has an empty locator.
    ///
    /// @throws org.datahub.api.DataHubException `DH-1021` when there is no such directory
    default String home() {
        return "";
    }

    /// Where the next segment will live: empty for the block's own directory, else an absolute path
    /// that no other segment has. Makes nothing. It stands in `state` before the segment is made, so
    /// that what a dead builder left is found.
    ///
    /// @throws org.datahub.api.DataHubException `DH-1020` when there is no such place
    String locator();

    /// Creates the file for a segment, at least `bytes` of it in whole pages and reserved, mode 0640;
    /// nothing is left behind when it throws.
    ///
    /// @param block the block's directory
    /// @param locator where, from [#locator]
    /// @param file the file's name, `data.` and the generation
    /// @throws org.datahub.api.DataHubException `DH-1005`, `DH-1006` or `DH-1020` when there is no
    ///     room
    Allocation allocate(Directory block, String locator, String file, long bytes);

    /// Opens the file of a segment, or returns null where it is gone.
    NativeFile open(Directory block, String locator, String file, boolean writable);

    /// Removes the file of a segment, and what was made for it; mappings stay. No error if it is
    /// gone.
    void release(Directory block, String locator, String file);
}
