package org.datahub.api.spi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.IntFunction;
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

    /// Copies bytes, as if they were read first where the segments overlap, without fetching what is
    /// overwritten where the processor has a way to. A page of either that is not there ends the process:
    /// only for what is in memory ([NativeFile#inMemory]). A source that the kernel has mapped itself is
    /// copied with a net. Allocates nothing, but a slice for each 256 KiB of an array that do not begin
    /// where `from` begins. The caller keeps `to` mapped meanwhile.
    ///
    /// @param to memory that the kernel has mapped, and that may be written
    /// @throws IndexOutOfBoundsException beyond one of them, and then nothing is copied
    void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes);

    /// Asks for large pages behind the mapping, now; what can't have them stays as it is.
    ///
    /// @return 0, or the errno
    int collapse(MemorySegment mapping);

    /// How many bytes of the mapping this process reaches by large pages; those that nobody has touched
    /// do not count.
    long collapsedBytes(MemorySegment mapping);

    /// Keeps the mapping's pages in memory as long as it is mapped.
    ///
    /// @return 0, or the errno
    int lock(MemorySegment mapping);

    /// Does `work` on a thread that takes memory from this NUMA node as long as the node has some.
    /// `work` is given 0, or the errno where the node can't be asked for.
    <T> T onNode(int node, IntFunction<T> work);

    /// The NUMA node of the page at `offset`; negative, and the errno, where that can't be told.
    int nodeOf(MemorySegment mapping, long offset);

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
