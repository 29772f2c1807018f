package org.datahub.api.spi;

import java.nio.file.Path;
import java.util.List;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;

/// How an allocator makes a segment as a file in ordinary memory or on a disk: room is checked
/// before it is reserved, and reserved before it is used. A page that can't be had is an error here,
/// never a SIGBUS later.
public final class Reservation {
    private static final int MODE = 0640;

    private final MemoryLimit limit;

    private Reservation(MemoryLimit limit) {
        this.limit = limit;
    }

    /// In memory: the limits of this process's control groups hold.
    public static Reservation inMemory() {
        return new Reservation(MemoryLimit.ofThisProcess());
    }

    /// In memory that one control group limits.
    ///
    /// @param maximum the file that says the most
    /// @param current the file that says the use
    /// @param parts the file that says what the use is made of
    public static Reservation limitedBy(Path maximum, Path current, Path parts) {
        return new Reservation(new MemoryLimit(List.of(new MemoryLimit.Group(maximum, current, parts))));
    }

    /// On a disk: its pages in memory can be given back.
    public static Reservation onDisk() {
        return new Reservation(new MemoryLimit(List.of()));
    }

    /// Creates `file`, mode 0640, `bytes` of it reserved; nothing is left behind when it throws.
    ///
    /// @throws DataHubException `DH-1005`, `DH-1006`
    public NativeFile make(Directory directory, String file, long bytes) {
        limit.check(bytes);
        long usable = directory.usableBytes();
        if (bytes > usable) throw noSpace(directory, bytes, usable, null);
        try {
            return reserved(directory, file, bytes);
        } catch (KernelException e) {
            if (e.errno() == KernelException.ENOSPC) throw noSpace(directory, bytes, directory.usableBytes(), e);
            throw e;
        }
    }

    /// Creates `file`, mode 0640, and reserves `bytes` of it, without a question whether there is
    /// room; nothing is left behind when it throws.
    ///
    /// @throws KernelException with the errno
    public static NativeFile reserved(Directory directory, String file, long bytes) {
        NativeFile segment = directory.create(file, MODE);
        try {
            segment.reserve(bytes);
            return segment;
        } catch (RuntimeException e) {
            segment.close();
            directory.unlink(file);
            throw e;
        }
    }

    /// The error where there is no room.
    public static DataHubException noSpace(Directory directory, long bytes, long usable, KernelException cause) {
        return new DataHubException(
                ErrorCode.NO_SPACE,
                "no room for the data segment: path=" + directory.path() + ", bytes=" + bytes + ", usable=" + usable,
                "choose fewer or smaller slots, remove unused blocks, or enlarge the file system",
                cause);
    }
}
