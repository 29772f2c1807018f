package org.datahub.api.spi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/// What the operating system gives: files relative to a descriptor, locks that die with their
/// owner, mappings,
/// doorbells, barriers and clocks. Safe for use by many threads.
@ProviderType
public interface Kernel {
    /// Opens an existing directory; a link as its last name is refused.
    ///
    /// @throws KernelException with the errno
    Directory openDirectory(Path path);

    /// Makes a directory with exactly this mode; false if the name exists.
    boolean makeDirectory(Path path, int mode);

    /// Effective user.
    int uid();

    /// CLOCK_MONOTONIC in nanoseconds: the clock of every deadline and time stamp.
    long nanos();

    /// CLOCK_MONOTONIC_COARSE in nanoseconds: cheaper, some milliseconds behind at most.
    long coarseNanos();

    /// Whether this process is registered for both barriers.
    boolean barriers();

    /// A memory barrier on every running thread of every process that is registered.
    void globalBarrier();

    /// A memory barrier on every running thread of this process.
    void privateBarrier();

    /// A bell at the 32-bit word at `offset`. The object may be used by one thread at a time.
    Doorbell doorbell(MemorySegment segment, long offset);

    /// A view of `segment` that lives as long as `scope` and can't leave its bounds. The caller
    /// answers for the memory
    /// under it until then.
    MemorySegment view(MemorySegment segment, long offset, long length, Arena scope);

    /// Who this process is, for people.
    Identity identity();

    /// Who a process is.
    ///
    /// @param pid its id in its own namespace
    /// @param uid its effective user
    /// @param startTicks start time from /proc
    /// @param pidNamespace inode of its pid namespace
    /// @param timeNamespace inode of its time namespace
    /// @param bootHigh high half of the boot id
    /// @param bootLow low half of the boot id
    record Identity(
            long pid, int uid, long startTicks, long pidNamespace, long timeNamespace, long bootHigh, long bootLow) {}
}
