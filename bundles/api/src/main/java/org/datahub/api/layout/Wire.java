package org.datahub.api.layout;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What every layout is made of: little-endian words, naturally aligned, with the padding written
/// out.
public final class Wire {
    /// Unsigned byte.
    public static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;

    /// Unsigned 16 bit.
    public static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Unsigned 32 bit.
    public static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Unsigned 64 bit.
    public static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Distance of words that different processes write: two cache lines, because processors fetch
    /// them in pairs.
    public static final int LINE = 128;

    /// Layout version of all files: major in the high 16 bits, minor in the low. A reader refuses
    /// another major; a
    /// higher minor only fills padding that a lower one does not look at.
    public static final int VERSION = 1 << 16;

    /// Reads as `VERSION` and the magic words do only where bytes are in the right order.
    public static final int BYTE_ORDER = 0x01020304;

    private Wire() {}

    static SequenceLayout bytes(int count, String name) {
        return MemoryLayout.sequenceLayout(count, U8).withName(name);
    }

    static SequenceLayout words(int count, String name) {
        return MemoryLayout.sequenceLayout(count, U64).withName(name);
    }

    /// A struct whose members stand at the offsets given, in bytes: offset, layout, offset, layout,
    /// ... with the gaps
    /// padded and `size` bytes in all.
    static StructLayout struct(String name, int size, Object... places) {
        List<MemoryLayout> members = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < places.length; i += 2) {
            int offset = (Integer) places[i];
            if (offset < at) throw new IllegalArgumentException("overlap: struct=" + name + ", offset=" + offset);
            if (offset > at) members.add(MemoryLayout.paddingLayout(offset - at));
            MemoryLayout member = (MemoryLayout) places[i + 1];
            members.add(member);
            at = offset + member.byteSize();
        }
        if (at < size) members.add(MemoryLayout.paddingLayout(size - at));
        return MemoryLayout.structLayout(members.toArray(MemoryLayout[]::new)).withName(name);
    }

    static long offset(StructLayout layout, String field) {
        return layout.byteOffset(groupElement(field));
    }

    /// A magic word: eight letters, the first in the lowest byte.
    static long magic(String letters) {
        long word = 0;
        byte[] bytes = letters.getBytes(StandardCharsets.US_ASCII);
        for (int i = 7; i >= 0; i--) word = word << 8 | bytes[i];
        return word;
    }

    /// FNV-1a over names, types and offsets: two builds that disagree about a layout see it at
    /// attach.
    static long hash(StructLayout... layouts) {
        long hash = 0xcbf29ce484222325L;
        for (StructLayout layout : layouts) {
            for (byte b : layout.toString().getBytes(StandardCharsets.UTF_8)) {
                hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
            }
        }
        return hash;
    }

    /// Hash of all layouts that a block is made of.
    public static long layoutHash() {
        return Holder.HASH;
    }

    private static final class Holder {
        static final long HASH = hash(
                SlotHeader.LAYOUT,
                StateLayout.LAYOUT,
                GenerationEntry.LAYOUT,
                DataLayout.LAYOUT,
                ControlLayout.LAYOUT,
                RowLayout.LAYOUT,
                ZoneEntry.LAYOUT,
                ZoneHeader.LAYOUT,
                LockLayout.LAYOUT,
                ProducerCounters.LAYOUT,
                ConsumerCounters.LAYOUT,
                PlaceLayout.LAYOUT);
    }
}
