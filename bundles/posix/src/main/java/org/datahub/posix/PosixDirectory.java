package org.datahub.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;

/// A directory's descriptor.
final class PosixDirectory implements Directory {
    // struct statx: the kernel fixes these offsets on every architecture, which those of struct stat are not.
    private static final int STATX_BYTES = 256;
    private static final long UID = 20;
    private static final long GID = 24;
    private static final long MODE = 28;
    private static final long INODE = 32;
    private static final long SIZE = 40;
    private static final long DEVICE = 136;

    // struct linux_dirent64: inode, offset, length of the entry, type, name.
    private static final int ENTRIES_BYTES = 32 << 10;
    private static final long ENTRY_LENGTH = 16;
    private static final long ENTRY_NAME = 19;

    private final int fd;
    private final String path;
    private volatile boolean closed;

    PosixDirectory(int fd, String path) {
        this.fd = fd;
        this.path = path;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public FileStatus status() {
        return statusOf(fd(), "", Libc.AT_EMPTY_PATH);
    }

    @Override
    public FileStatus status(String name) {
        return orNull(() -> statusOf(fd(), element(name), Libc.AT_SYMLINK_NOFOLLOW));
    }

    @Override
    public Directory openDirectory(String name) {
        return orNull(() -> new PosixDirectory(openDescriptor(element(name)), below(name)));
    }

    private int openDescriptor(String name) {
        return Libc.openat(fd(), name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0);
    }

    @Override
    public void makeDirectory(String name, int mode) {
        Libc.mkdirat(fd(), element(name), mode);
        try (PosixDirectory made = new PosixDirectory(openDescriptor(name), below(name))) {
            made.changeMode(mode);
        } catch (KernelException e) {
            removeDirectory(name); // with another mode than the one asked for it is not what was asked for
            throw e;
        }
    }

    @Override
    public void group(int gid) {
        if (status().gid() != gid) Libc.fchown(fd(), gid);
    }

    /// The mode exactly, whatever the umask was.
    void changeMode(int mode) {
        Libc.fchmod(fd(), mode);
    }

    @Override
    public NativeFile open(String name, boolean writable) {
        int flags = (writable ? Libc.O_RDWR : Libc.O_RDONLY) | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
        return orNull(() -> new PosixFile(Libc.openat(fd(), element(name), flags, 0), below(name), writable));
    }

    @Override
    public NativeFile create(String name, int mode) {
        int flags = Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;
        int file = Libc.openat(fd(), element(name), flags, mode);
        Libc.fchmod(file, mode);
        return new PosixFile(file, below(name), true);
    }

    @Override
    public boolean rename(String from, String to) {
        try {
            Libc.renameat2(fd(), element(from), element(to), Libc.RENAME_NOREPLACE);
            return true;
        } catch (KernelException e) {
            if (e.errno() == KernelException.EEXIST) return false;
            throw e;
        }
    }

    @Override
    public void unlink(String name) {
        remove(name, 0);
    }

    @Override
    public void removeDirectory(String name) {
        remove(name, Libc.AT_REMOVEDIR);
    }

    private void remove(String name, int flags) {
        try {
            Libc.unlinkat(fd(), element(name), flags);
        } catch (KernelException e) {
            if (e.errno() != KernelException.ENOENT) throw e;
        }
    }

    /// With a descriptor of its own, which begins at the first name.
    @Override
    public List<String> list() {
        fd();
        int entries = openDescriptor(".");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(ENTRIES_BYTES, 8);
            List<String> names = new ArrayList<>();
            for (long end = Libc.getdents(entries, buffer); end > 0; end = Libc.getdents(entries, buffer)) {
                for (long at = 0; at < end; at += buffer.get(ValueLayout.JAVA_SHORT, at + ENTRY_LENGTH) & 0xffff) {
                    String name = buffer.getString(at + ENTRY_NAME, StandardCharsets.UTF_8);
                    if (!name.equals(".") && !name.equals("..")) names.add(name);
                }
            }
            names.sort(null);
            return List.copyOf(names);
        } finally {
            Libc.close(entries);
        }
    }

    @Override
    public long usableBytes() {
        return Libc.usableBytes(fd());
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

    static FileStatus statusOf(int fd, String name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(STATX_BYTES, 8);
            Libc.statx(fd, name, flags, statx);
            int mode = statx.get(ValueLayout.JAVA_SHORT, MODE) & 0xffff;
            long device = (long) statx.get(ValueLayout.JAVA_INT, DEVICE) << 32
                    | statx.get(ValueLayout.JAVA_INT, DEVICE + 4) & 0xffff_ffffL;
            return new FileStatus(
                    device,
                    statx.get(ValueLayout.JAVA_LONG, INODE),
                    kind(mode),
                    mode & 07777,
                    statx.get(ValueLayout.JAVA_INT, UID),
                    statx.get(ValueLayout.JAVA_INT, GID),
                    statx.get(ValueLayout.JAVA_LONG, SIZE));
        }
    }

    private static FileStatus.Kind kind(int mode) {
        return switch (mode & 0170000) {
            case 0100000 -> FileStatus.Kind.REGULAR;
            case 0040000 -> FileStatus.Kind.DIRECTORY;
            case 0120000 -> FileStatus.Kind.LINK;
            default -> FileStatus.Kind.OTHER;
        };
    }

    private String below(String name) {
        return path + "/" + name;
    }

    private static String element(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0 || name.indexOf(0) >= 0) {
            throw new IllegalArgumentException("not one path element: name=" + name);
        }
        return name;
    }

    private static <T> T orNull(java.util.function.Supplier<T> call) {
        try {
            return call.get();
        } catch (KernelException e) {
            if (e.errno() == KernelException.ENOENT) return null;
            throw e;
        }
    }
}
