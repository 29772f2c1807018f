package org.datahub.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.NativeFile;

/// A file's descriptor. Its locks are open-file-description locks: one byte each, for writing.
final class PosixFile implements NativeFile {
    // The kernel gives memory and looks for signals between two steps only.
    private static final long STEP_BYTES = 64L << 20;

    // struct flock of 64-bit Linux: short type, short whence, long start, long len, int pid.
    private static final int FLOCK_BYTES = 32;
    private static final long TYPE = 0;
    private static final long START = 8;
    private static final long LENGTH = 16;
    private static final short F_WRLCK = 1;
    private static final short F_UNLCK = 2;

    private final int fd;
    private final String path;
    private final boolean writable;
    // For one call at a time, and without an allocation: a producer at the gate asks whether those that gate it live.
    private final MemorySegment flock = Arena.ofAuto().allocate(FLOCK_BYTES, 8);
    private final MemorySegment errno = Libc.state(Arena.ofAuto());
    private volatile boolean closed;

    PosixFile(int fd, String path, boolean writable) {
        this.fd = fd;
        this.path = path;
        this.writable = writable;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public FileStatus status() {
        return PosixDirectory.statusOf(fd(), "", Libc.AT_EMPTY_PATH);
    }

    @Override
    public boolean inMemory() {
        return Libc.inMemory(fd());
    }

    @Override
    public void reserve(long bytes) {
        for (long done = 0; done < bytes; done += STEP_BYTES) {
            Libc.fallocate(fd(), done, Math.min(STEP_BYTES, bytes - done));
        }
    }

    @Override
    public MemorySegment map(long bytes, boolean writing, Arena arena) {
        if (writing && !writable) throw new IllegalStateException("opened read-only: path=" + path);
        int protection = writing ? Libc.PROT_READ | Libc.PROT_WRITE : Libc.PROT_READ;
        MemorySegment mapping = Libc.mmap(fd(), bytes, protection, arena);
        return writing ? mapping : mapping.asReadOnly();
    }

    @Override
    public synchronized boolean tryLock(long position) {
        return !closed && lock(position, F_WRLCK, Libc.F_OFD_SETLK) != null;
    }

    @Override
    public synchronized void unlock(long position) {
        if (!closed) lock(position, F_UNLCK, Libc.F_OFD_SETLK);
    }

    @Override
    public synchronized boolean lockedByOther(long position) {
        return lock(position, F_WRLCK, Libc.F_OFD_GETLK) != F_UNLCK;
    }

    /// The type that the kernel left in the struct; null where the lock is somebody else's.
    private Short lock(long position, short type, int command) {
        flock.fill((byte) 0);
        flock.set(ValueLayout.JAVA_SHORT, TYPE, type);
        flock.set(ValueLayout.JAVA_LONG, START, position);
        flock.set(ValueLayout.JAVA_LONG, LENGTH, 1L);
        return Libc.fcntl(errno, fd(), command, flock) ? flock.get(ValueLayout.JAVA_SHORT, TYPE) : null;
    }

    /// A descriptor that is closed may be another file's by now.
    private int fd() {
        if (closed) throw new IllegalStateException("closed: path=" + path);
        return fd;
    }

    @Override
    public synchronized void close() {
        if (!closed) Libc.close(fd);
        closed = true;
    }
}
