package org.datahub.api.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/// Every access to memory that another process sees.
///
/// The verb carries the order: `acquire`, `release`, `opaque`, or none where the stamp protocol orders the access.
/// All verbs take (segment, offset), so that no slice is made for a record. Nothing else in DataHub touches shared
/// memory: what stands below the protocol (a simulator, a fail point) goes in here.
public final class Words {
    private static final VarHandle LONG = Wire.U64.varHandle().withInvokeExactBehavior();
    private static final VarHandle INT = Wire.U32.varHandle().withInvokeExactBehavior();

    private Words() {}

    /// Loads a 64-bit word; what its writer stored before is seen.
    public static long acquire(MemorySegment segment, long offset) {
        return (long) LONG.getAcquire(segment, offset);
    }

    /// Stores a 64-bit word after everything stored before.
    public static void release(MemorySegment segment, long offset, long value) {
        LONG.setRelease(segment, offset, value);
    }

    /// Loads a 64-bit word in one piece, in no order.
    public static long opaque(MemorySegment segment, long offset) {
        return (long) LONG.getOpaque(segment, offset);
    }

    /// Stores a 64-bit word in one piece, in no order.
    public static void opaque(MemorySegment segment, long offset, long value) {
        LONG.setOpaque(segment, offset, value);
    }

    /// Loads a 64-bit word that the stamp protocol guards.
    public static long plain(MemorySegment segment, long offset) {
        return (long) LONG.get(segment, offset);
    }

    /// Stores a 64-bit word that the stamp protocol guards.
    public static void plain(MemorySegment segment, long offset, long value) {
        LONG.set(segment, offset, value);
    }

    /// Adds to a 64-bit word that several processes write; returns the sum. A full fence.
    public static long add(MemorySegment segment, long offset, long value) {
        return (long) LONG.getAndAdd(segment, offset, value) + value;
    }

    /// Loads a 32-bit word; what its writer stored before is seen.
    public static int acquireInt(MemorySegment segment, long offset) {
        return (int) INT.getAcquire(segment, offset);
    }

    /// Loads a 32-bit word in one piece, in no order.
    public static int opaqueInt(MemorySegment segment, long offset) {
        return (int) INT.getOpaque(segment, offset);
    }

    /// Stores a 32-bit word after everything stored before.
    public static void releaseInt(MemorySegment segment, long offset, int value) {
        INT.setRelease(segment, offset, value);
    }

    /// Loads a 32-bit word that nobody writes any more.
    public static int plainInt(MemorySegment segment, long offset) {
        return (int) INT.get(segment, offset);
    }

    /// Stores a 32-bit word that nobody reads yet.
    public static void plainInt(MemorySegment segment, long offset, int value) {
        INT.set(segment, offset, value);
    }

    /// Replaces a 32-bit word that several processes write; returns what it was. A full fence.
    public static int exchangeInt(MemorySegment segment, long offset, int value) {
        return (int) INT.getAndSet(segment, offset, value);
    }

    /// Adds to a 32-bit word that several processes write; returns the sum. A full fence.
    public static int addInt(MemorySegment segment, long offset, int value) {
        return (int) INT.getAndAdd(segment, offset, value) + value;
    }

    /// Stores before it come before stores after it.
    public static void storeFence() {
        VarHandle.storeStoreFence();
    }

    /// Loads before it come before loads and stores after it.
    public static void acquireFence() {
        VarHandle.acquireFence();
    }

    /// Everything before it comes before everything after it.
    public static void fullFence() {
        VarHandle.fullFence();
    }

    /// Copies bytes between segments, in no order.
    public static void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
        MemorySegment.copy(from, fromOffset, to, toOffset, bytes);
    }

    /// Copies bytes out into an array, in no order.
    public static void copy(MemorySegment from, long fromOffset, byte[] to, int toOffset, int bytes) {
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, fromOffset, to, toOffset, bytes);
    }

    /// Copies bytes in from an array, in no order.
    public static void copy(byte[] from, int fromOffset, MemorySegment to, long toOffset, int bytes) {
        MemorySegment.copy(from, fromOffset, to, ValueLayout.JAVA_BYTE, toOffset, bytes);
    }

    /// Stores text as UTF-8, cut at a character's border to fit `most` bytes, and zeros behind it; returns its bytes.
    public static int text(MemorySegment segment, long offset, int most, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, most);
        while (length < bytes.length && length > 0 && (bytes[length] & 0xc0) == 0x80) length--;
        byte[] field = new byte[most];
        System.arraycopy(bytes, 0, field, 0, length);
        copy(field, 0, segment, offset, most);
        return length;
    }

    /// Loads text of `length` bytes, at most `most`, whatever stands there: what is no UTF-8 becomes a replacement mark.
    public static String text(MemorySegment segment, long offset, int most, int length) {
        byte[] bytes = new byte[Math.max(0, Math.min(most, length))];
        copy(segment, offset, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
