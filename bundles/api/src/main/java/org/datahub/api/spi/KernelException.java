package org.datahub.api.spi;

/// The kernel refused a call.
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// No permission.
    public static final int EACCES = 13;

    /// Not permitted to this user.
    public static final int EPERM = 1;

    /// No such file.
    public static final int ENOENT = 2;

    /// The name exists.
    public static final int EEXIST = 17;

    /// Out of space.
    public static final int ENOSPC = 28;

    /// Out of memory.
    public static final int ENOMEM = 12;

    /// Out of open files on this machine.
    public static final int ENFILE = 23;

    /// Out of descriptors in this process.
    public static final int EMFILE = 24;

    /// The file system is mounted to be read only.
    public static final int EROFS = 30;

    /// The file system can't do it.
    public static final int EOPNOTSUPP = 95;

    /// A link where none may be.
    public static final int ELOOP = 40;

    /// Not a directory.
    public static final int ENOTDIR = 20;

    /// A directory.
    public static final int EISDIR = 21;

    /// No device behind a FIFO or device file.
    public static final int ENXIO = 6;

    private final int errno;

    /// `call` as in `openat /dev/shm/x`, and what it set errno to.
    public KernelException(String call, int errno) {
        super(call + ": errno=" + errno + name(errno));
        this.errno = errno;
    }

    /// What errno was.
    public int errno() {
        return errno;
    }

    /// What can be done about it, in words.
    public String advice() {
        return switch (errno) {
            case EMFILE ->
                "allow this process more open files (ulimit -n, LimitNOFILE= of a service), or close handles: each"
                        + " keeps two open";
            case ENFILE -> "allow this machine more open files (sysctl fs.file-max)";
            case ENOMEM -> "allow this process more memory or more mappings (ulimit -v, sysctl vm.max_map_count)";
            default -> "see the errno";
        };
    }

    /// As in ` (EPERM)`; empty for one that has no constant here.
    public static String name(int errno) {
        return switch (errno) {
            case EPERM -> " (EPERM)";
            case ENOENT -> " (ENOENT)";
            case ENXIO -> " (ENXIO)";
            case ENOMEM -> " (ENOMEM)";
            case EACCES -> " (EACCES)";
            case EEXIST -> " (EEXIST)";
            case ENOTDIR -> " (ENOTDIR)";
            case EISDIR -> " (EISDIR)";
            case ENFILE -> " (ENFILE)";
            case EMFILE -> " (EMFILE)";
            case ENOSPC -> " (ENOSPC)";
            case ELOOP -> " (ELOOP)";
            case EROFS -> " (EROFS)";
            case EOPNOTSUPP -> " (EOPNOTSUPP)";
            default -> "";
        };
    }
}
