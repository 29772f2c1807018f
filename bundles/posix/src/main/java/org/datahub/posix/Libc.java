package org.datahub.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.datahub.api.spi.KernelException;

/// The C functions that are called, with their flags, for x86_64 and aarch64.
///
/// A call of the control path captures errno in memory of its own, and -1 becomes a
/// [KernelException]. The few
/// calls that may be made while records flow ([#futex], [#membarrier], [#clock], [#fcntl], [#memmove])
/// allocate nothing.
final class Libc {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_NONBLOCK = 04000;
    static final int O_CLOEXEC = 02000000;
    static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
    static final int O_DIRECTORY = ARM ? 040000 : 0200000;
    static final int O_NOFOLLOW = ARM ? 0100000 : 0400000;
    static final int AT_FDCWD = -100;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_REMOVEDIR = 0x200;
    static final int RENAME_NOREPLACE = 1;
    static final int F_OFD_GETLK = 36;
    static final int F_OFD_SETLK = 37;
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 1;
    static final int MAP_PRIVATE = 2;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_NORESERVE = 0x4000;
    static final int MADV_COLLAPSE = 25;
    static final int MPOL_PREFERRED = 1;
    static final int MPOL_F_NODE_OF_ADDRESS = 3;
    static final int CLOCK_MONOTONIC_COARSE = 6;
    static final int RLIMIT_NOFILE = 7;
    static final int EINTR = 4;
    static final int EAGAIN = 11;

    private static final long SYS_FUTEX = ARM ? 98 : 202;
    private static final long SYS_GETDENTS64 = ARM ? 61 : 217;
    private static final long SYS_SET_MEMPOLICY = ARM ? 237 : 238;
    private static final long SYS_GET_MEMPOLICY = ARM ? 236 : 239;
    private static final long SYS_MEMBARRIER = ARM ? 283 : 324;

    // struct statvfs of glibc and musl on 64 bit: block size, fragment size, and three counts of fragments.
    private static final int STATVFS_BYTES = 256;
    private static final long FRAGMENT_BYTES = 8;
    private static final long AVAILABLE_FRAGMENTS = 32;

    static final int MOST_NODES = 1024;
    private static final long LARGE_PAGE = 2L << 20;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

    private static final MethodHandle OPENAT =
            captured("openat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 3);
    private static final MethodHandle MKDIRAT =
            captured("mkdirat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), -1);
    private static final MethodHandle RENAMEAT2 =
            captured("renameat2", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT), -1);
    private static final MethodHandle UNLINKAT =
            captured("unlinkat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), -1);
    private static final MethodHandle STATX =
            captured("statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS), -1);
    private static final MethodHandle FCHMOD =
            captured("fchmod", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), -1);
    private static final MethodHandle FCHOWN =
            captured("fchown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), -1);
    private static final MethodHandle FALLOCATE =
            captured("fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), -1);
    private static final MethodHandle FCNTL =
            captured("fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS), 2);
    private static final MethodHandle MMAP = captured(
            "mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG), -1);
    private static final MethodHandle MUNMAP =
            captured("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG), -1);
    private static final MethodHandle MADVISE =
            captured("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), -1);
    private static final MethodHandle MLOCK =
            captured("mlock", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG), -1);
    private static final MethodHandle MEMPOLICY = captured(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            1);
    private static final MethodHandle CLOSE = plain("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle GETEUID = plain("geteuid", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle GETDENTS =
            captured("syscall", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG), 1);
    private static final MethodHandle FSTATVFS =
            captured("fstatvfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS), -1);
    private static final MethodHandle GETRLIMIT =
            plain("getrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle CLOCK_GETTIME =
            plain("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS), Linker.Option.critical(false));
    // The segment behind the three arguments is for the foreign function interface alone, which keeps its memory for
    // the call. C functions don't look at arguments that they don't know, on x86_64 as on aarch64.
    private static final MethodHandle MEMMOVE = plain(
            "memmove",
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS),
            Linker.Option.critical(false));
    private static final MethodHandle MEMMOVE_FROM_HEAP =
            plain("memmove", FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS, JAVA_LONG), Linker.Option.critical(true));
    private static final MethodHandle FUTEX = plain(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle MEMBARRIER = plain(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));

    private Libc() {}

    static int openat(int directory, String name, int flags, int mode) {
        while (true) {
            try (Call call = new Call("openat " + name)) {
                int fd = (int) OPENAT.invokeExact(call.state, directory, call.text(name), flags, mode);
                if (fd >= 0) return fd;
                if (call.errno() != EINTR) throw call.failed();
            } catch (Throwable t) {
                throw rethrow(t);
            }
        }
    }

    static void mkdirat(int directory, String name, int mode) {
        try (Call call = new Call("mkdirat " + name)) {
            call.check((int) MKDIRAT.invokeExact(call.state, directory, call.text(name), mode));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static void renameat2(int directory, String from, String to, int flags) {
        try (Call call = new Call("renameat2 " + from + " " + to)) {
            call.check((int)
                    RENAMEAT2.invokeExact(call.state, directory, call.text(from), directory, call.text(to), flags));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static void unlinkat(int directory, String name, int flags) {
        try (Call call = new Call("unlinkat " + name)) {
            call.check((int) UNLINKAT.invokeExact(call.state, directory, call.text(name), flags));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Fills `into` (256 bytes, struct statx) with the basic fields.
    static void statx(int directory, String name, int flags, MemorySegment into) {
        try (Call call = new Call("statx " + name)) {
            int basic = 0x7ff;
            call.check((int) STATX.invokeExact(call.state, directory, call.text(name), flags, basic, into));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static void fchmod(int fd, int mode) {
        try (Call call = new Call("fchmod " + Integer.toOctalString(mode))) {
            call.check((int) FCHMOD.invokeExact(call.state, fd, mode));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Another group, the same owner.
    static void fchown(int fd, int gid) {
        try (Call call = new Call("fchown " + gid)) {
            call.check((int) FCHOWN.invokeExact(call.state, fd, -1, gid));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static void fallocate(int fd, long offset, long bytes) {
        while (true) {
            try (Call call = new Call("fallocate offset=" + offset + " bytes=" + bytes)) {
                if ((int) FALLOCATE.invokeExact(call.state, fd, 0, offset, bytes) == 0) return;
                if (call.errno() != EINTR) throw call.failed();
            } catch (Throwable t) {
                throw rethrow(t);
            }
        }
    }

    /// fcntl with a struct flock (32 bytes); false where the lock is somebody else's. A producer
    /// that waits at the gate asks
    /// often, so `state`, memory for errno, is the caller's: see [#state].
    static boolean fcntl(MemorySegment state, int fd, int command, MemorySegment flock) {
        try {
            if ((int) FCNTL.invokeExact(state, fd, command, flock) == 0) return true;
        } catch (Throwable t) {
            throw rethrow(t);
        }
        int errno = (int) ERRNO.get(state, 0L);
        if (command == F_OFD_SETLK && (errno == EAGAIN || errno == KernelException.EACCES)) return false;
        throw new KernelException("fcntl " + command, errno);
    }

    /// Memory for the errno of one call at a time.
    static MemorySegment state(Arena arena) {
        return arena.allocate(STATE);
    }

    /// The mapping; unmapped when `arena` closes. One that can have large pages begins at a multiple of
    /// their size, if the kernel plays along.
    static MemorySegment mmap(int fd, long bytes, int protection, Arena arena) {
        MemorySegment hint = bytes < LARGE_PAGE ? MemorySegment.NULL : aligned(bytes);
        try (Call call = new Call("mmap bytes=" + bytes)) {
            MemorySegment at =
                    (MemorySegment) MMAP.invokeExact(call.state, hint, bytes, protection, MAP_SHARED, fd, 0L);
            if (at.address() == -1) throw call.failed();
            return at.reinterpret(bytes, arena, mapping -> munmap(mapping, bytes));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// An address at which so many bytes were free a moment ago; 0 where none are.
    private static MemorySegment aligned(long bytes) {
        long room = bytes + LARGE_PAGE;
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        try (Call call = new Call("mmap bytes=" + room)) {
            MemorySegment at = (MemorySegment) MMAP.invokeExact(call.state, MemorySegment.NULL, room, 0, flags, -1, 0L);
            if (at.address() == -1) return MemorySegment.NULL;
            munmap(at, room);
            return MemorySegment.ofAddress(at.address() + LARGE_PAGE - 1 & -LARGE_PAGE);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// 0, or the errno.
    static int madvise(MemorySegment mapping, int advice) {
        try (Call call = new Call("madvise")) {
            return (int) MADVISE.invokeExact(call.state, mapping, mapping.byteSize(), advice) == 0 ? 0 : call.errno();
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// 0, or the errno.
    static int mlock(MemorySegment mapping) {
        try (Call call = new Call("mlock")) {
            return (int) MLOCK.invokeExact(call.state, mapping, mapping.byteSize()) == 0 ? 0 : call.errno();
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// The calling thread takes memory from this node first. 0, or the errno.
    static int preferNode(int node) {
        try (Call call = new Call("set_mempolicy node=" + node)) {
            MemorySegment mask = call.arena.allocate(MOST_NODES / 8, 8);
            mask.set(JAVA_LONG, node / 64 * 8L, 1L << node % 64);
            long result = (long) MEMPOLICY.invokeExact(
                    call.state, SYS_SET_MEMPOLICY, (long) MPOL_PREFERRED, mask, MOST_NODES + 1L, 0L, 0L);
            return result == 0 ? 0 : call.errno();
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// The node of the page at an address, or the errno below 0.
    static int nodeOf(long address) {
        try (Call call = new Call("get_mempolicy")) {
            MemorySegment node = call.arena.allocate(8, 8);
            long result = (long) MEMPOLICY.invokeExact(
                    call.state, SYS_GET_MEMPOLICY, node.address(), MemorySegment.NULL, 0L, address, (long)
                            MPOL_F_NODE_OF_ADDRESS);
            return result == 0 ? node.get(JAVA_INT, 0) : -call.errno();
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private static void munmap(MemorySegment mapping, long bytes) {
        try (Call call = new Call("munmap")) {
            call.check((int) MUNMAP.invokeExact(call.state, mapping, bytes));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static void close(int fd) {
        try {
            int ignored = (int) CLOSE.invokeExact(fd);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static int geteuid() {
        try {
            return (int) GETEUID.invokeExact();
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Fills `buffer` with entries of the directory, struct linux_dirent64; its bytes, 0 at the end.
    static long getdents(int fd, MemorySegment buffer) {
        try (Call call = new Call("getdents64")) {
            long bytes = (long) GETDENTS.invokeExact(call.state, SYS_GETDENTS64, (long) fd, buffer, buffer.byteSize());
            if (bytes < 0) throw call.failed();
            return bytes;
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Bytes that the file system of the descriptor still has for this user.
    static long usableBytes(int fd) {
        try (Call call = new Call("fstatvfs")) {
            MemorySegment statvfs = call.arena.allocate(STATVFS_BYTES, 8);
            call.check((int) FSTATVFS.invokeExact(call.state, fd, statvfs));
            return statvfs.get(JAVA_LONG, FRAGMENT_BYTES) * statvfs.get(JAVA_LONG, AVAILABLE_FRAGMENTS);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// How many files this process may have open at a time.
    static long mostOpenFiles() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(16, 8); // struct rlimit: the soft limit, the hard one
            int ignored = (int) GETRLIMIT.invokeExact(RLIMIT_NOFILE, limit);
            return limit.get(JAVA_LONG, 0);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Reads a clock into `timespec`; some nanoseconds, no safepoint.
    static void clock(int clock, MemorySegment timespec) {
        try {
            int ignored = (int) CLOCK_GETTIME.invokeExact(clock, timespec);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// Copies a few bytes, without a safepoint in between. The target is a number: the caller keeps the
    /// mapping. Nothing is allocated but, for what lies on the heap behind the beginning of `from`, a slice.
    static void memmove(long to, MemorySegment from, long offset, long bytes) {
        try {
            if (from.isNative()) {
                MEMMOVE.invokeExact(to, from.address() + offset, bytes, from);
                return;
            }
            MemorySegment source = offset == 0 ? from : from.asSlice(offset);
            MEMMOVE_FROM_HEAP.invokeExact(to, source, bytes);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// FUTEX_WAIT (0) or FUTEX_WAKE (1) on the word at `address`. The address is a number: the
    /// caller keeps the
    /// mapping.
    static void futex(long address, int operation, int value, MemorySegment timespec) {
        try {
            long ignored =
                    (long) FUTEX.invokeExact(SYS_FUTEX, address, (long) operation, (long) value, timespec, 0L, 0L);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// membarrier; negative where the kernel has it not.
    static long membarrier(int command) {
        try {
            return (long) MEMBARRIER.invokeExact(SYS_MEMBARRIER, (long) command, 0L, 0L);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private static MethodHandle captured(String name, FunctionDescriptor shape, int firstVariadic) {
        Linker.Option errno = Linker.Option.captureCallState("errno");
        return firstVariadic < 0
                ? plain(name, shape, errno)
                : plain(name, shape, errno, Linker.Option.firstVariadicArg(firstVariadic));
    }

    private static MethodHandle plain(String name, FunctionDescriptor shape, Linker.Option... options) {
        MemorySegment function = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("this C library has no " + name));
        return LINKER.downcallHandle(function, shape, options);
    }

    private static RuntimeException rethrow(Throwable t) {
        if (t instanceof RuntimeException e) return e;
        if (t instanceof Error e) throw e;
        return new IllegalStateException(t);
    }

    /// Memory of one call: its errno and its text arguments.
    private static final class Call implements AutoCloseable {
        final Arena arena = Arena.ofConfined();
        final MemorySegment state = arena.allocate(STATE);
        final String what;

        Call(String what) {
            this.what = what;
        }

        MemorySegment text(String text) {
            return arena.allocateFrom(text);
        }

        int errno() {
            return (int) ERRNO.get(state, 0L);
        }

        KernelException failed() {
            int errno = errno();
            String limit = errno == KernelException.EMFILE ? ", open files at most " + mostOpenFiles() : "";
            return new KernelException(what + limit, errno);
        }

        void check(int result) {
            if (result != 0) throw failed();
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
