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
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Set;
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

    // struct statfs of 64-bit Linux, and tmpfs, ramfs, hugetlbfs in linux/magic.h.
    private static final int STATFS_BYTES = 256;
    private static final Set<Long> MEMORY_FILE_SYSTEMS = Set.of(0x01021994L, 0x858458f6L, 0x958458f6L);

    static final int MOST_NODES = 1024;
    private static final long LARGE_PAGE = 2L << 20;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

    // Each shape of a call costs some 7 ms of every start, so there is one for the control path: six whole numbers, an
    // address being one, and a whole number back, of which an int function fills the lower half. On x86_64 and
    // aarch64 Linux the numbers go in registers, and a function looks only at those that it knows. The others have
    // shapes of their own because they allocate nothing or may not be held up.
    private static final MethodHandle CALL = LINKER.downcallHandle(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(1));
    private static final int ARGUMENTS = 6;

    private static final MemorySegment OPENAT = function("openat");
    private static final MemorySegment MKDIRAT = function("mkdirat");
    private static final MemorySegment RENAMEAT2 = function("renameat2");
    private static final MemorySegment UNLINKAT = function("unlinkat");
    private static final MemorySegment STATX = function("statx");
    private static final MemorySegment FCHMOD = function("fchmod");
    private static final MemorySegment FCHOWN = function("fchown");
    private static final MemorySegment FALLOCATE = function("fallocate");
    private static final MemorySegment FCNTL = function("fcntl");
    private static final MemorySegment MMAP = function("mmap");
    private static final MemorySegment MUNMAP = function("munmap");
    private static final MemorySegment MADVISE = function("madvise");
    private static final MemorySegment MLOCK = function("mlock");
    private static final MemorySegment CLOSE = function("close");
    private static final MemorySegment GETEUID = function("geteuid");
    private static final MemorySegment FSTATFS = function("fstatfs");
    private static final MemorySegment FSTATVFS = function("fstatvfs");
    private static final MemorySegment GETRLIMIT = function("getrlimit");
    private static final MemorySegment SYSCALL = function("syscall");

    private static final MethodHandle CLOCK_GETTIME = LINKER.downcallHandle(
            function("clock_gettime"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS),
            Linker.Option.critical(false));
    // Without errno; futex and membarrier.
    private static final MethodHandle PLAIN_SYSCALL = LINKER.downcallHandle(
            SYSCALL,
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));

    /// Linked when the first large payload of memory is copied.
    private static final class MemoryMove {
        // The segment behind the three arguments is for the foreign function interface alone, which keeps its memory
        // for the call.
        static final MethodHandle HANDLE = LINKER.downcallHandle(
                function("memmove"),
                FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS),
                Linker.Option.critical(false));

        private MemoryMove() {}
    }

    /// Linked when the first large payload of the heap is copied.
    private static final class HeapMove {
        static final MethodHandle HANDLE = LINKER.downcallHandle(
                function("memmove"),
                FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS, JAVA_LONG),
                Linker.Option.critical(true));

        private HeapMove() {}
    }

    private Libc() {}

    static int openat(int directory, String name, int flags, int mode) {
        while (true) {
            try (Call call = new Call("openat " + name)) {
                int fd = (int) call.run(OPENAT, directory, call.text(name), flags, mode);
                if (fd >= 0) return fd;
                if (call.errno() != EINTR) throw call.failed();
            }
        }
    }

    static void mkdirat(int directory, String name, int mode) {
        try (Call call = new Call("mkdirat " + name)) {
            call.check(call.run(MKDIRAT, directory, call.text(name), mode));
        }
    }

    static void renameat2(int directory, String from, String to, int flags) {
        try (Call call = new Call("renameat2 " + from + " " + to)) {
            call.check(call.run(RENAMEAT2, directory, call.text(from), directory, call.text(to), flags));
        }
    }

    static void unlinkat(int directory, String name, int flags) {
        try (Call call = new Call("unlinkat " + name)) {
            call.check(call.run(UNLINKAT, directory, call.text(name), flags));
        }
    }

    /// Fills `into` (256 bytes, struct statx) with the basic fields.
    static void statx(int directory, String name, int flags, MemorySegment into) {
        try (Call call = new Call("statx " + name)) {
            int basic = 0x7ff;
            call.check(call.run(STATX, directory, call.text(name), flags, basic, into.address()));
        }
    }

    static void fchmod(int fd, int mode) {
        try (Call call = new Call("fchmod " + Integer.toOctalString(mode))) {
            call.check(call.run(FCHMOD, fd, mode));
        }
    }

    /// Another group, the same owner.
    static void fchown(int fd, int gid) {
        try (Call call = new Call("fchown " + gid)) {
            call.check(call.run(FCHOWN, fd, -1, gid));
        }
    }

    static void fallocate(int fd, long offset, long bytes) {
        while (true) {
            try (Call call = new Call("fallocate offset=" + offset + " bytes=" + bytes)) {
                if ((int) call.run(FALLOCATE, fd, 0, offset, bytes) == 0) return;
                if (call.errno() != EINTR) throw call.failed();
            }
        }
    }

    /// fcntl with a struct flock (32 bytes); false where the lock is somebody else's. A producer
    /// that waits at the gate asks
    /// often, so `state`, memory for errno, is the caller's: see [#state].
    static boolean fcntl(MemorySegment state, int fd, int command, MemorySegment flock) {
        if ((int) call(FCNTL, state, fd, command, flock.address(), 0, 0, 0) == 0) return true;
        int errno = state.get(JAVA_INT, ERRNO);
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
        long hint = bytes < LARGE_PAGE ? 0 : aligned(bytes);
        try (Call call = new Call("mmap bytes=" + bytes)) {
            long at = call.run(MMAP, hint, bytes, protection, MAP_SHARED, fd, 0);
            if (at == -1) throw call.failed();
            Mappings.add(at, bytes);
            return MemorySegment.ofAddress(at).reinterpret(bytes, arena, mapping -> {
                Mappings.remove(at);
                munmap(at, bytes);
            });
        }
    }

    /// An address at which so many bytes were free a moment ago; 0 where none are.
    private static long aligned(long bytes) {
        long room = bytes + LARGE_PAGE;
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        try (Call call = new Call("mmap bytes=" + room)) {
            long at = call.run(MMAP, 0, room, 0, flags, -1, 0);
            if (at == -1) return 0;
            munmap(at, room);
            return at + LARGE_PAGE - 1 & -LARGE_PAGE;
        }
    }

    /// 0, or the errno.
    static int madvise(MemorySegment mapping, int advice) {
        try (Call call = new Call("madvise")) {
            int result = (int) call.run(MADVISE, mapping.address(), mapping.byteSize(), advice);
            Reference.reachabilityFence(mapping);
            return result == 0 ? 0 : call.errno();
        }
    }

    /// 0, or the errno.
    static int mlock(MemorySegment mapping) {
        try (Call call = new Call("mlock")) {
            int result = (int) call.run(MLOCK, mapping.address(), mapping.byteSize());
            Reference.reachabilityFence(mapping);
            return result == 0 ? 0 : call.errno();
        }
    }

    /// The calling thread takes memory from this node first. 0, or the errno.
    static int preferNode(int node) {
        try (Call call = new Call("set_mempolicy node=" + node)) {
            MemorySegment mask = call.arena.allocate(MOST_NODES / 8, 8);
            mask.set(JAVA_LONG, node / 64 * 8L, 1L << node % 64);
            long result = call.run(SYSCALL, SYS_SET_MEMPOLICY, MPOL_PREFERRED, mask.address(), MOST_NODES + 1);
            return result == 0 ? 0 : call.errno();
        }
    }

    /// The node of the page at an address, or the errno below 0.
    static int nodeOf(long address) {
        try (Call call = new Call("get_mempolicy")) {
            MemorySegment node = call.arena.allocate(8, 8);
            long result = call.run(SYSCALL, SYS_GET_MEMPOLICY, node.address(), 0, 0, address, MPOL_F_NODE_OF_ADDRESS);
            return result == 0 ? node.get(JAVA_INT, 0) : -call.errno();
        }
    }

    private static void munmap(long address, long bytes) {
        try (Call call = new Call("munmap")) {
            call.check(call.run(MUNMAP, address, bytes));
        }
    }

    static void close(int fd) {
        try (Call call = new Call("close")) {
            call.run(CLOSE, fd);
        }
    }

    static int geteuid() {
        try (Call call = new Call("geteuid")) {
            return (int) call.run(GETEUID);
        }
    }

    /// Fills `buffer` with entries of the directory, struct linux_dirent64; its bytes, 0 at the end.
    static long getdents(int fd, MemorySegment buffer) {
        try (Call call = new Call("getdents64")) {
            long bytes = call.run(SYSCALL, SYS_GETDENTS64, fd, buffer.address(), buffer.byteSize());
            if (bytes < 0) throw call.failed();
            return bytes;
        }
    }

    /// Bytes that the file system of the descriptor still has for this user.
    static long usableBytes(int fd) {
        try (Call call = new Call("fstatvfs")) {
            MemorySegment statvfs = call.arena.allocate(STATVFS_BYTES, 8);
            call.check(call.run(FSTATVFS, fd, statvfs.address()));
            return statvfs.get(JAVA_LONG, FRAGMENT_BYTES) * statvfs.get(JAVA_LONG, AVAILABLE_FRAGMENTS);
        }
    }

    /// Whether the file of the descriptor is memory of the kernel's and on no disk.
    static boolean inMemory(int fd) {
        try (Call call = new Call("fstatfs")) {
            MemorySegment statfs = call.arena.allocate(STATFS_BYTES, 8); // its first word is the magic number
            call.check(call.run(FSTATFS, fd, statfs.address()));
            return MEMORY_FILE_SYSTEMS.contains(statfs.get(JAVA_LONG, 0));
        }
    }

    /// How many files this process may have open at a time.
    static long mostOpenFiles() {
        try (Call call = new Call("getrlimit")) {
            MemorySegment limit = call.arena.allocate(16, 8); // struct rlimit: the soft limit, the hard one
            call.run(GETRLIMIT, RLIMIT_NOFILE, limit.address());
            return limit.get(JAVA_LONG, 0);
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
                MemoryMove.HANDLE.invokeExact(to, from.address() + offset, bytes, from);
                return;
            }
            MemorySegment source = offset == 0 ? from : from.asSlice(offset);
            HeapMove.HANDLE.invokeExact(to, source, bytes);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// FUTEX_WAIT (0) or FUTEX_WAKE (1) on the word at `address`. The address is a number: the
    /// caller keeps the
    /// mapping.
    static void futex(long address, int operation, int value, MemorySegment timespec) {
        try {
            long ignored = (long)
                    PLAIN_SYSCALL.invokeExact(SYS_FUTEX, address, (long) operation, (long) value, timespec, 0L, 0L);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /// membarrier; negative where the kernel has it not.
    static long membarrier(int command) {
        try {
            return (long) PLAIN_SYSCALL.invokeExact(SYS_MEMBARRIER, (long) command, 0L, 0L, MemorySegment.NULL, 0L, 0L);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private static MemorySegment function(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("this C library has no " + name));
    }

    private static long call(
            MemorySegment function, MemorySegment state, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALL.invokeExact(function, state, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw rethrow(t);
        }
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

        /// The address of a C string.
        long text(String text) {
            return arena.allocateFrom(text).address();
        }

        /// Calls it. What an address leads to must live until it returns: this arena's memory, or the caller's that he
        /// uses afterwards.
        long run(MemorySegment function, long... arguments) {
            long[] all = Arrays.copyOf(arguments, ARGUMENTS);
            return Libc.call(function, state, all[0], all[1], all[2], all[3], all[4], all[5]);
        }

        int errno() {
            return state.get(JAVA_INT, ERRNO);
        }

        KernelException failed() {
            int errno = errno();
            String limit = errno == KernelException.EMFILE ? ", open files at most " + mostOpenFiles() : "";
            return new KernelException(what + limit, errno);
        }

        /// What an int function returned.
        void check(long result) {
            if ((int) result != 0) throw failed();
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
