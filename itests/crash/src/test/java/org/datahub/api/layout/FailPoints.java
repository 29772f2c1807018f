package org.datahub.api.layout;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.datahub.itests.crash.Trap;

/// The real memory, with a trap before each store in it:
/// `-Ddatahub.below=org.datahub.api.layout.FailPoints`.
final class FailPoints extends Below {
    private static final VarHandle LONG = Wire.U64.varHandle().withInvokeExactBehavior();
    private static final VarHandle INT = Wire.U32.varHandle().withInvokeExactBehavior();

    @Override
    long acquire(MemorySegment segment, long offset) {
        return (long) LONG.getAcquire(segment, offset);
    }

    @Override
    void release(MemorySegment segment, long offset, long value) {
        Trap.store();
        LONG.setRelease(segment, offset, value);
    }

    @Override
    long opaque(MemorySegment segment, long offset) {
        return (long) LONG.getOpaque(segment, offset);
    }

    @Override
    void opaque(MemorySegment segment, long offset, long value) {
        Trap.store();
        LONG.setOpaque(segment, offset, value);
    }

    @Override
    long plain(MemorySegment segment, long offset) {
        return (long) LONG.get(segment, offset);
    }

    @Override
    void plain(MemorySegment segment, long offset, long value) {
        Trap.store();
        LONG.set(segment, offset, value);
    }

    @Override
    long add(MemorySegment segment, long offset, long value) {
        Trap.store();
        return (long) LONG.getAndAdd(segment, offset, value) + value;
    }

    @Override
    boolean replace(MemorySegment segment, long offset, long expected, long value) {
        Trap.store();
        return LONG.compareAndSet(segment, offset, expected, value);
    }

    @Override
    int acquireInt(MemorySegment segment, long offset) {
        return (int) INT.getAcquire(segment, offset);
    }

    @Override
    int opaqueInt(MemorySegment segment, long offset) {
        return (int) INT.getOpaque(segment, offset);
    }

    @Override
    void releaseInt(MemorySegment segment, long offset, int value) {
        Trap.store();
        INT.setRelease(segment, offset, value);
    }

    @Override
    int plainInt(MemorySegment segment, long offset) {
        return (int) INT.get(segment, offset);
    }

    @Override
    void plainInt(MemorySegment segment, long offset, int value) {
        Trap.store();
        INT.set(segment, offset, value);
    }

    @Override
    int exchangeInt(MemorySegment segment, long offset, int value) {
        Trap.store();
        return (int) INT.getAndSet(segment, offset, value);
    }

    @Override
    int addInt(MemorySegment segment, long offset, int value) {
        Trap.store();
        return (int) INT.getAndAdd(segment, offset, value) + value;
    }

    @Override
    void storeFence() {
        VarHandle.storeStoreFence();
    }

    @Override
    void acquireFence() {
        VarHandle.acquireFence();
    }

    @Override
    void fullFence() {
        VarHandle.fullFence();
    }

    /// Where the bytes go to an array of this process, nobody else sees them.
    @Override
    void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
        if (to.isNative()) Trap.store();
        MemorySegment.copy(from, fromOffset, to, toOffset, bytes);
    }
}
