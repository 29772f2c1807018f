package org.datahub.api.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.datahub.api.spi.Kernel;

/// Every access to memory that another process sees.
///
/// The verb carries the order: `acquire`, `release`, `opaque`, or none where the stamp protocol
/// orders the access.
/// All verbs take (segment, offset), so that no slice is made for a record. Nothing else in DataHub
/// touches shared
/// memory. What a test puts below the protocol (a simulator's memory, a point to die at) stands in
/// [Below], which is
/// not
/// there in production and costs nothing then.
public final class Words {
    private static final VarHandle LONG = Wire.U64.varHandle().withInvokeExactBehavior();
    private static final VarHandle INT = Wire.U32.varHandle().withInvokeExactBehavior();
    private static final Below BELOW = Below.chosen();

    // Control characters, ends of lines, marks that turn the direction of writing.
    private static final Pattern STEERING = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\u202a-\\u202e\\u2066-\\u2069]");

    private Words() {}

    /// Loads a 64-bit word; what its writer stored before is seen.
    public static long acquire(MemorySegment segment, long offset) {
        return BELOW == null ? (long) LONG.getAcquire(segment, offset) : BELOW.acquire(segment, offset);
    }

    /// Stores a 64-bit word after everything stored before.
    public static void release(MemorySegment segment, long offset, long value) {
        if (BELOW == null) LONG.setRelease(segment, offset, value);
        else BELOW.release(segment, offset, value);
    }

    /// Loads a 64-bit word in one piece, in no order.
    public static long opaque(MemorySegment segment, long offset) {
        return BELOW == null ? (long) LONG.getOpaque(segment, offset) : BELOW.opaque(segment, offset);
    }

    /// Stores a 64-bit word in one piece, in no order.
    public static void opaque(MemorySegment segment, long offset, long value) {
        if (BELOW == null) LONG.setOpaque(segment, offset, value);
        else BELOW.opaque(segment, offset, value);
    }

    /// Loads a 64-bit word that the stamp protocol guards.
    public static long plain(MemorySegment segment, long offset) {
        return BELOW == null ? (long) LONG.get(segment, offset) : BELOW.plain(segment, offset);
    }

    /// Stores a 64-bit word that the stamp protocol guards.
    public static void plain(MemorySegment segment, long offset, long value) {
        if (BELOW == null) LONG.set(segment, offset, value);
        else BELOW.plain(segment, offset, value);
    }

    /// Adds to a 64-bit word that several processes write; returns the sum. A full fence.
    public static long add(MemorySegment segment, long offset, long value) {
        return BELOW == null
                ? (long) LONG.getAndAdd(segment, offset, value) + value
                : BELOW.add(segment, offset, value);
    }

    /// Replaces a 64-bit word if it is `expected`; whether it did. A full fence.
    public static boolean replace(MemorySegment segment, long offset, long expected, long value) {
        return BELOW == null
                ? LONG.compareAndSet(segment, offset, expected, value)
                : BELOW.replace(segment, offset, expected, value);
    }

    /// Loads a 32-bit word; what its writer stored before is seen.
    public static int acquireInt(MemorySegment segment, long offset) {
        return BELOW == null ? (int) INT.getAcquire(segment, offset) : BELOW.acquireInt(segment, offset);
    }

    /// Loads a 32-bit word in one piece, in no order.
    public static int opaqueInt(MemorySegment segment, long offset) {
        return BELOW == null ? (int) INT.getOpaque(segment, offset) : BELOW.opaqueInt(segment, offset);
    }

    /// Stores a 32-bit word after everything stored before.
    public static void releaseInt(MemorySegment segment, long offset, int value) {
        if (BELOW == null) INT.setRelease(segment, offset, value);
        else BELOW.releaseInt(segment, offset, value);
    }

    /// Loads a 32-bit word that nobody writes any more.
    public static int plainInt(MemorySegment segment, long offset) {
        return BELOW == null ? (int) INT.get(segment, offset) : BELOW.plainInt(segment, offset);
    }

    /// Stores a 32-bit word that nobody reads yet.
    public static void plainInt(MemorySegment segment, long offset, int value) {
        if (BELOW == null) INT.set(segment, offset, value);
        else BELOW.plainInt(segment, offset, value);
    }

    /// Replaces a 32-bit word that several processes write; returns what it was. A full fence.
    public static int exchangeInt(MemorySegment segment, long offset, int value) {
        return BELOW == null ? (int) INT.getAndSet(segment, offset, value) : BELOW.exchangeInt(segment, offset, value);
    }

    /// Adds to a 32-bit word that several processes write; returns the sum. A full fence.
    public static int addInt(MemorySegment segment, long offset, int value) {
        return BELOW == null
                ? (int) INT.getAndAdd(segment, offset, value) + value
                : BELOW.addInt(segment, offset, value);
    }

    /// Stores before it come before stores after it.
    public static void storeFence() {
        if (BELOW == null) VarHandle.storeStoreFence();
        else BELOW.storeFence();
    }

    /// Loads before it come before loads and stores after it.
    public static void acquireFence() {
        if (BELOW == null) VarHandle.acquireFence();
        else BELOW.acquireFence();
    }

    /// Everything before it comes before everything after it.
    public static void fullFence() {
        if (BELOW == null) VarHandle.fullFence();
        else BELOW.fullFence();
    }

    /// Copies bytes between segments, in no order.
    public static void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
        if (BELOW == null) MemorySegment.copy(from, fromOffset, to, toOffset, bytes);
        else BELOW.copy(from, fromOffset, to, toOffset, bytes);
    }

    /// The same by the kernel's way: see [Kernel#copy].
    public static void copy(
            Kernel kernel, MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
        if (BELOW == null) kernel.copy(from, fromOffset, to, toOffset, bytes);
        else BELOW.copy(from, fromOffset, to, toOffset, bytes);
    }

    /// Copies bytes out into an array, in no order.
    public static void copy(MemorySegment from, long fromOffset, byte[] to, int toOffset, int bytes) {
        if (BELOW == null) MemorySegment.copy(from, ValueLayout.JAVA_BYTE, fromOffset, to, toOffset, bytes);
        else BELOW.copy(from, fromOffset, MemorySegment.ofArray(to), toOffset, bytes);
    }

    /// Copies bytes in from an array, in no order.
    public static void copy(byte[] from, int fromOffset, MemorySegment to, long toOffset, int bytes) {
        if (BELOW == null) MemorySegment.copy(from, fromOffset, to, ValueLayout.JAVA_BYTE, toOffset, bytes);
        else BELOW.copy(MemorySegment.ofArray(from), fromOffset, to, toOffset, bytes);
    }

    /// Stores text as UTF-8, cut at a character's border to fit `most` bytes, and zeros behind it;
    /// returns its bytes.
    public static int text(MemorySegment segment, long offset, int most, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, most);
        while (length < bytes.length && length > 0 && (bytes[length] & 0xc0) == 0x80) length--;
        byte[] field = new byte[most];
        System.arraycopy(bytes, 0, field, 0, length);
        copy(field, 0, segment, offset, most);
        return length;
    }

    /// Loads text of `length` bytes, at most `most`, whatever stands there: what is no UTF-8, and
    /// what would steer the terminal or the log that shows it, becomes a replacement mark.
    public static String text(MemorySegment segment, long offset, int most, int length) {
        byte[] bytes = new byte[Math.max(0, Math.min(most, length))];
        copy(segment, offset, bytes, 0, bytes.length);
        return STEERING.matcher(new String(bytes, StandardCharsets.UTF_8)).replaceAll("\ufffd");
    }
}
