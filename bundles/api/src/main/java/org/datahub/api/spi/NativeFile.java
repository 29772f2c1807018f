package org.datahub.api.spi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/// An open file. The locks taken through it belong to it alone: the kernel drops them when it is
/// closed or its process
/// dies, and no other open file of the process shares or loses them.
@ProviderType
public interface NativeFile extends AutoCloseable {
    /// What it is called in messages.
    String path();

    /// What the file is now.
    FileStatus status();

    /// Whether what it holds is memory: of a memory file system, or huge pages. What is reserved there
    /// is there, while a disk may fail to read it, or have no room for a copy that is written.
    boolean inMemory();

    /// Gives it `bytes` bytes, all of them backed by memory or disk.
    ///
    /// @throws KernelException ENOSPC when they can't be had; the file is to be thrown away then
    void reserve(long bytes);

    /// Maps the first `bytes` bytes, shared, until `arena` closes. A mapping that is not writable
    /// is a read-only
    /// segment.
    MemorySegment map(long bytes, boolean writable, Arena arena);

    /// Takes the lock byte at `position`, if nobody else has it.
    boolean tryLock(long position);

    /// Gives the lock byte back.
    void unlock(long position);

    /// Whether somebody else has the lock byte. Takes nothing.
    boolean lockedByOther(long position);

    @Override
    void close();
}
