package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Doorbell;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;

/// The real kernel, in which a test may change one thing: who asks, whether there are barriers,
/// whether a sleep ends by
/// itself, whether each look at the clock takes a tenth of a second, what happens meanwhile, or what a call sets errno
/// to.
/// It counts what nobody
/// could see otherwise.
final class TestKernel implements Kernel {
    static final Kernel REAL = ServiceLoader.load(Kernel.class).findFirst().orElseThrow();

    private static final long FOR_EVER = 3_600_000_000_000L;
    private static final long HURRY = 100_000_000L;

    private final AtomicLong ahead = new AtomicLong();

    /// Says which errno a call below a directory fails with; 0 lets it through.
    interface Fault {
        int errno(String call, String name);
    }

    final LongAdder clockReads = new LongAdder();
    final AtomicInteger wakes = new AtomicInteger();
    final AtomicInteger copies = new AtomicInteger();
    volatile int uid = REAL.uid();
    volatile boolean barriers = REAL.barriers();
    volatile boolean sleepsEndByRingsOnly;
    volatile boolean hurries;
    volatile Runnable atClock = () -> {};
    volatile Fault fault = (call, name) -> 0;

    @Override
    public Directory openDirectory(Path path) {
        check("openDirectory", path.toString());
        return new Faulty(REAL.openDirectory(path));
    }

    @Override
    public boolean makeDirectory(Path path, int mode) {
        check("makeDirectory", path.toString());
        return REAL.makeDirectory(path, mode);
    }

    @Override
    public int uid() {
        return uid;
    }

    @Override
    public long nanos() {
        clockReads.increment();
        atClock.run();
        return REAL.nanos() + (hurries ? ahead.addAndGet(HURRY) : ahead.get());
    }

    @Override
    public long coarseNanos() {
        return REAL.coarseNanos();
    }

    @Override
    public boolean barriers() {
        return barriers;
    }

    @Override
    public void globalBarrier() {
        REAL.globalBarrier();
    }

    @Override
    public void privateBarrier() {
        REAL.privateBarrier();
    }

    @Override
    public Doorbell doorbell(MemorySegment segment, long offset) {
        Doorbell real = REAL.doorbell(segment, offset);
        return new Doorbell() {
            @Override
            public void await(int seen, long nanos) {
                real.await(seen, sleepsEndByRingsOnly ? FOR_EVER : nanos);
            }

            @Override
            public void wakeAll() {
                wakes.incrementAndGet();
                real.wakeAll();
            }
        };
    }

    @Override
    public MemorySegment view(MemorySegment segment, long offset, long length, Arena scope) {
        return REAL.view(segment, offset, length, scope);
    }

    @Override
    public void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
        copies.incrementAndGet();
        REAL.copy(from, fromOffset, to, toOffset, bytes);
    }

    @Override
    public int collapse(MemorySegment mapping) {
        return REAL.collapse(mapping);
    }

    @Override
    public long collapsedBytes(MemorySegment mapping) {
        return REAL.collapsedBytes(mapping);
    }

    @Override
    public int lock(MemorySegment mapping) {
        return REAL.lock(mapping);
    }

    @Override
    public <T> T onNode(int node, IntFunction<T> work) {
        return REAL.onNode(node, work);
    }

    @Override
    public int nodeOf(MemorySegment mapping, long offset) {
        return REAL.nodeOf(mapping, offset);
    }

    @Override
    public Identity identity() {
        return REAL.identity();
    }

    private void check(String call, String name) {
        int errno = fault.errno(call, name);
        if (errno != 0) throw new KernelException(call + " " + name, errno);
    }

    private final class Faulty implements Directory {
        private final Directory real;

        Faulty(Directory real) {
            this.real = real;
        }

        @Override
        public String path() {
            return real.path();
        }

        @Override
        public FileStatus status() {
            return real.status();
        }

        @Override
        public FileStatus status(String name) {
            check("status", name);
            return real.status(name);
        }

        @Override
        public Directory openDirectory(String name) {
            check("openDirectory", name);
            Directory below = real.openDirectory(name);
            return below == null ? null : new Faulty(below);
        }

        @Override
        public void makeDirectory(String name, int mode) {
            check("makeDirectory", name);
            real.makeDirectory(name, mode);
        }

        @Override
        public NativeFile open(String name, boolean writable) {
            check(writable ? "openWritable" : "open", name);
            return real.open(name, writable);
        }

        @Override
        public void group(int gid) {
            real.group(gid);
        }

        @Override
        public NativeFile create(String name, int mode) {
            check("create", name);
            return real.create(name, mode);
        }

        @Override
        public boolean rename(String from, String to) {
            check("rename", to);
            return real.rename(from, to);
        }

        @Override
        public void unlink(String name) {
            check("unlink", name);
            real.unlink(name);
        }

        @Override
        public void removeDirectory(String name) {
            check("removeDirectory", name);
            real.removeDirectory(name);
        }

        @Override
        public List<String> list() {
            return real.list();
        }

        @Override
        public long usableBytes() {
            return real.usableBytes();
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
