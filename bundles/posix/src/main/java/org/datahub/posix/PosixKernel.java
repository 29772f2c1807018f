package org.datahub.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Doorbell;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.KernelException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/// Linux by way of libc. Fails at activation where native access is not granted, and names the flag;
/// it is activated at once, so that a container says so when it starts, not when a program comes.
@Component(immediate = true)
public final class PosixKernel implements Kernel {
    private static final int REGISTER_GLOBAL = 4;
    private static final int GLOBAL = 2;
    private static final int REGISTER_PRIVATE = 16;
    private static final int PRIVATE = 8;

    private static final long LEAST_BY_LIBRARY = 4096;
    private static final long PIECE = 256 << 10;

    private static final Pattern LARGE = Pattern.compile("(ShmemPmdMapped|FilePmdMapped):.*");

    private final boolean barriers;
    private final Identity identity;
    // Two words that each thread fills anew: a coarse clock needs no lock, only memory of its own.
    private final ThreadLocal<MemorySegment> timespec =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(16, 8));

    /// Registers this process for barriers.
    ///
    /// @throws DataHubException `DH-1011` when native access is missing
    @Activate
    public PosixKernel() {
        requireNativeAccess();
        barriers = Libc.membarrier(REGISTER_GLOBAL) == 0 && Libc.membarrier(REGISTER_PRIVATE) == 0;
        identity = readIdentity();
    }

    private void requireNativeAccess() {
        Module module = getClass().getModule();
        if (module.isNativeAccessEnabled()) return;
        String to = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        throw new DataHubException(
                ErrorCode.NATIVE_ACCESS,
                "native access is not enabled: module=" + to,
                "start java with --enable-native-access=" + to);
    }

    @Override
    public Directory openDirectory(Path path) {
        int flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;
        return new PosixDirectory(Libc.openat(Libc.AT_FDCWD, path.toString(), flags, 0), path.toString());
    }

    @Override
    public boolean makeDirectory(Path path, int mode) {
        try {
            Libc.mkdirat(Libc.AT_FDCWD, path.toString(), mode);
        } catch (KernelException e) {
            if (e.errno() == KernelException.EEXIST) return false;
            throw e;
        }
        try (PosixDirectory made = (PosixDirectory) openDirectory(path)) {
            made.changeMode(mode);
        }
        return true;
    }

    @Override
    public int uid() {
        return identity.uid();
    }

    @Override
    public long nanos() {
        return System.nanoTime(); // CLOCK_MONOTONIC in HotSpot on Linux; PosixKernelTest holds it against clock_gettime
    }

    @Override
    public long coarseNanos() {
        MemorySegment time = timespec.get();
        Libc.clock(Libc.CLOCK_MONOTONIC_COARSE, time);
        return time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + time.get(ValueLayout.JAVA_LONG, 8);
    }

    @Override
    public boolean barriers() {
        return barriers;
    }

    @Override
    public void globalBarrier() {
        Libc.membarrier(GLOBAL);
    }

    @Override
    public void privateBarrier() {
        Libc.membarrier(PRIVATE);
    }

    @Override
    public Doorbell doorbell(MemorySegment segment, long offset) {
        return new FutexDoorbell(segment, offset);
    }

    @Override
    public MemorySegment view(MemorySegment segment, long offset, long length, Arena scope) {
        return segment.asSlice(offset, length).reinterpret(scope, null);
    }

    /// Short copies stay in Java, and those from a mapping of DataHub's own, which may be another user's,
    /// or the target itself. Long ones are made in pieces: each is one without a safepoint, and the C
    /// library has its best way for what fits a core's cache only.
    @Override
    public void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
        if (bytes < LEAST_BY_LIBRARY || from.isNative() && Mappings.hold(from.address() + fromOffset, bytes)) {
            MemorySegment.copy(from, fromOffset, to, toOffset, bytes);
            return;
        }
        Objects.checkFromIndexSize(fromOffset, bytes, from.byteSize());
        Objects.checkFromIndexSize(toOffset, bytes, to.byteSize());
        for (long done = 0; done < bytes; done += PIECE) {
            Libc.memmove(to.address() + toOffset + done, from, fromOffset + done, Math.min(PIECE, bytes - done));
        }
    }

    @Override
    public int collapse(MemorySegment mapping) {
        return Libc.madvise(mapping, Libc.MADV_COLLAPSE);
    }

    /// As `smaps` has it for the lines from the mapping's first address on.
    @Override
    public long collapsedBytes(MemorySegment mapping) {
        String begin = Long.toHexString(mapping.address()) + "-";
        long bytes = 0;
        boolean inside = false;
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/smaps"))) {
            for (String line : (Iterable<String>) lines::iterator) {
                if (!inside) inside = line.startsWith(begin);
                else if (line.startsWith("VmFlags:")) return bytes;
                else if (LARGE.matcher(line).matches()) bytes += Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
            return bytes;
        } catch (IOException | UncheckedIOException e) {
            return 0; // not told: then none is promised
        }
    }

    @Override
    public int lock(MemorySegment mapping) {
        return Libc.mlock(mapping);
    }

    /// On a thread of its own: the policy is that of a thread of the kernel, and ends with it.
    @Override
    public <T> T onNode(int node, IntFunction<T> work) {
        if (node < 0 || node >= Libc.MOST_NODES) {
            throw new IllegalArgumentException("node out of range: node=" + node + ", most=" + (Libc.MOST_NODES - 1));
        }
        FutureTask<T> task = new FutureTask<>(() -> work.apply(Libc.preferNode(node)));
        Thread.ofPlatform().name("datahub-node-" + node).start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true; // the work can't be left half done
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException reason) throw reason;
            if (e.getCause() instanceof Error reason) throw reason;
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    @Override
    public int nodeOf(MemorySegment mapping, long offset) {
        return Libc.nodeOf(mapping.asSlice(offset, 1).address());
    }

    @Override
    public Identity identity() {
        return identity;
    }

    private static Identity readIdentity() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            // Behind the command name, which may hold blanks and brackets: state is field 3, start time field 22.
            long start =
                    Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
            UUID boot = UUID.fromString(
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
            return new Identity(
                    ProcessHandle.current().pid(),
                    Libc.geteuid(),
                    start,
                    namespace("pid"),
                    namespace("time"),
                    boot.getMostSignificantBits(),
                    boot.getLeastSignificantBits());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /// The JDK does not tell the errno; opening the file once more does.
    private static DataHubException unreadable(IOException reason) {
        try {
            Libc.close(Libc.openat(Libc.AT_FDCWD, "/proc/self/stat", Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
        } catch (KernelException e) {
            String advice = e.errno() == KernelException.ENOENT ? "mount /proc" : e.advice();
            return new DataHubException(ErrorCode.KERNEL, "/proc can't be read: " + e.getMessage(), advice, e);
        }
        return new DataHubException(ErrorCode.KERNEL, "/proc can't be read: " + reason, "mount /proc", reason);
    }

    private static long namespace(String kind) throws IOException {
        Path link = Path.of("/proc/self/ns", kind);
        if (!Files.exists(link)) return 0;
        String target = Files.readSymbolicLink(link).toString(); // pid:[4026531836]
        return Long.parseLong(target.substring(target.indexOf('[') + 1, target.length() - 1));
    }
}
