package org.datahub.api.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.datahub.itests.simulation.machine.Fence;
import org.datahub.itests.simulation.machine.Machine;
import org.datahub.itests.simulation.machine.Order;

/// Below the words: the memory of the simulated machine that the calling thread carries. Private
/// memory of a process is what it is.
final class SimulatedWords extends Below {
    private static final ValueLayout.OfLong LONG = Wire.U64.withByteAlignment(1);
    private static final ValueLayout.OfInt INT = Wire.U32.withByteAlignment(1);

    private static boolean shared(MemorySegment segment, long offset) {
        return Machine.current().shared(segment, offset);
    }

    private static long load(MemorySegment segment, long offset, Order order) {
        if (!shared(segment, offset)) return segment.get(LONG, offset);
        return Machine.current().load(segment, offset, Long.BYTES, order);
    }

    private static int loadInt(MemorySegment segment, long offset, Order order) {
        if (!shared(segment, offset)) return segment.get(INT, offset);
        return (int) Machine.current().load(segment, offset, Integer.BYTES, order);
    }

    private static void store(MemorySegment segment, long offset, long value, Order order) {
        if (shared(segment, offset)) Machine.current().store(segment, offset, Long.BYTES, value, order);
        else segment.set(LONG, offset, value);
    }

    private static void storeInt(MemorySegment segment, long offset, int value, Order order) {
        if (shared(segment, offset)) Machine.current().store(segment, offset, Integer.BYTES, value, order);
        else segment.set(INT, offset, value);
    }

    @Override
    long acquire(MemorySegment segment, long offset) {
        return load(segment, offset, Order.ACQUIRE);
    }

    @Override
    void release(MemorySegment segment, long offset, long value) {
        store(segment, offset, value, Order.RELEASE);
    }

    @Override
    long opaque(MemorySegment segment, long offset) {
        return load(segment, offset, Order.OPAQUE);
    }

    @Override
    void opaque(MemorySegment segment, long offset, long value) {
        store(segment, offset, value, Order.OPAQUE);
    }

    @Override
    long plain(MemorySegment segment, long offset) {
        return load(segment, offset, Order.PLAIN);
    }

    @Override
    void plain(MemorySegment segment, long offset, long value) {
        store(segment, offset, value, Order.PLAIN);
    }

    @Override
    long add(MemorySegment segment, long offset, long value) {
        return Machine.current().update(segment, offset, Long.BYTES, value, true) + value;
    }

    @Override
    boolean replace(MemorySegment segment, long offset, long expected, long value) {
        return Machine.current().replace(segment, offset, expected, value);
    }

    @Override
    int acquireInt(MemorySegment segment, long offset) {
        return loadInt(segment, offset, Order.ACQUIRE);
    }

    @Override
    int opaqueInt(MemorySegment segment, long offset) {
        return loadInt(segment, offset, Order.OPAQUE);
    }

    @Override
    void releaseInt(MemorySegment segment, long offset, int value) {
        storeInt(segment, offset, value, Order.RELEASE);
    }

    @Override
    int plainInt(MemorySegment segment, long offset) {
        return loadInt(segment, offset, Order.PLAIN);
    }

    @Override
    void plainInt(MemorySegment segment, long offset, int value) {
        storeInt(segment, offset, value, Order.PLAIN);
    }

    @Override
    int exchangeInt(MemorySegment segment, long offset, int value) {
        return (int) Machine.current().update(segment, offset, Integer.BYTES, value, false);
    }

    @Override
    int addInt(MemorySegment segment, long offset, int value) {
        return (int) Machine.current().update(segment, offset, Integer.BYTES, value, true) + value;
    }

    @Override
    void storeFence() {
        Machine.current().fence(Fence.STORE);
    }

    @Override
    void acquireFence() {
        Machine.current().fence(Fence.ACQUIRE);
    }

    @Override
    void fullFence() {
        Machine.current().fence(Fence.FULL);
    }

    /// Word by word, each a turn of its own.
    @Override
    void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
        boolean fromShared = shared(from, fromOffset);
        boolean toShared = shared(to, toOffset);
        if (!fromShared && !toShared) {
            MemorySegment.copy(from, fromOffset, to, toOffset, bytes);
            return;
        }
        for (long done = 0; done < bytes; done += Long.BYTES) {
            int count = (int) Math.min(Long.BYTES, bytes - done);
            long word = part(from, fromOffset + done, count, fromShared);
            if (toShared) storePart(to, toOffset + done, count, word);
            else
                for (int index = 0; index < count; index++) {
                    to.set(ValueLayout.JAVA_BYTE, toOffset + done + index, (byte) (word >>> Byte.SIZE * index));
                }
        }
    }

    private static long part(MemorySegment from, long offset, int count, boolean fromShared) {
        if (fromShared) return load(from, offset, Order.PLAIN); // a segment ends at a word
        long word = 0;
        for (int index = count - 1; index >= 0; index--) {
            word = word << Byte.SIZE | from.get(ValueLayout.JAVA_BYTE, offset + index) & 0xff;
        }
        return word;
    }

    private static void storePart(MemorySegment to, long offset, int count, long word) {
        long kept = count == Long.BYTES ? 0 : -1L << Byte.SIZE * count & load(to, offset, Order.PLAIN);
        store(to, offset, kept | word, Order.PLAIN);
    }
}
