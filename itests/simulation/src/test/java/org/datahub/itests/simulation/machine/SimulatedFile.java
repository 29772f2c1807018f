package org.datahub.itests.simulation.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.NativeFile;

/// An open file: every process that maps it gets the same memory, and the lock bytes taken through
/// it are free again when it is closed or its process is gone.
final class SimulatedFile implements NativeFile {
    private final Machine machine;
    private final Disk.Inode inode;
    private final String path;
    private final SimulatedProcess owner;

    SimulatedFile(Machine machine, Disk.Inode inode, String path) {
        this.machine = machine;
        this.inode = inode;
        this.path = path;
        this.owner = machine.running();
        if (owner != null) owner.files.add(this);
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public FileStatus status() {
        return inode.status();
    }

    @Override
    public boolean inMemory() {
        return true;
    }

    @Override
    public void reserve(long bytes) {
        inode.reserve(bytes);
    }

    @Override
    public MemorySegment map(long bytes, boolean writable, Arena arena) {
        MemorySegment mapped = inode.memory.asSlice(0, bytes);
        return writable ? mapped : mapped.asReadOnly();
    }

    private Disk.LockByte lock(long position) {
        return inode.locks.computeIfAbsent(position, at -> new Disk.LockByte());
    }

    @Override
    public boolean tryLock(long position) {
        machine.call("lock", () -> position + " of " + path + ": " + (lock(position).owner == null));
        Disk.LockByte lock = lock(position);
        if (lock.owner != null && lock.owner != this) return false;
        lock.owner = this;
        if (owner != null) owner.core.hear(lock.told);
        return true;
    }

    @Override
    public void unlock(long position) {
        machine.call("unlock", () -> position + " of " + path);
        free(lock(position));
    }

    private void free(Disk.LockByte lock) {
        if (lock.owner != this) return;
        lock.owner = null;
        if (owner != null) owner.core.tell(lock.told);
    }

    @Override
    public boolean lockedByOther(long position) {
        machine.call("probe", () -> position + " of " + path + ": " + (lock(position).owner != null));
        Disk.LockByte lock = lock(position);
        return lock.owner != null && lock.owner != this;
    }

    /// A call of a process that lives; its end closes its files too.
    @Override
    public void close() {
        if (machine.running() == owner) machine.call("close", () -> path);
        inode.locks.values().forEach(this::free);
        if (owner != null) owner.files.remove(this);
    }
}
