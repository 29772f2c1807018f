package org.datahub.api.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlotHeaderTest {
    private static final long AT = 64;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment data = arena.allocate(256, 64);

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void aCommittedSlotBearsItsNumberPlusOne() {
        assertEquals(0, SlotHeader.stamp(data, AT));
        SlotHeader.commit(data, AT, 7);
        assertEquals(8, member("stamp"));
        assertEquals(8, SlotHeader.stamp(data, AT));
        assertTrue(SlotHeader.still(data, AT, 7));
        assertFalse(SlotHeader.still(data, AT, 6));
        SlotHeader.empty(data, AT);
        assertEquals(0, SlotHeader.stamp(data, AT));
        SlotHeader.commit(data, AT, 8);
        SlotHeader.emptyUnfenced(data, AT);
        assertFalse(SlotHeader.still(data, AT, 8));
    }

    @Test
    void aDescriptionFillsTheFieldsOfTheLayout() {
        SlotHeader.describe(data, AT, 0xfedc_ba98L, 0xab, 0xcd);
        assertEquals(0xfedc_ba98L, member("length"));
        assertEquals(0, member("flags"));
        assertEquals(0xab, member("integrity"));
        assertEquals(0xcd, member("key_epoch"));
    }

    @Test
    void aDescriptionIsReadFromTheFieldsOfTheLayout() {
        store("length", (int) 0xfedc_ba98L);
        store("flags", (short) 0x8123);
        store("integrity", (byte) 0xab);
        store("key_epoch", (byte) 0xcd);
        long description = SlotHeader.description(data, AT);
        assertEquals(0xfedc_ba98L, SlotHeader.length(description));
        assertEquals(0x8123, SlotHeader.flags(description));
        assertEquals(0xab, SlotHeader.integrity(description));
        assertEquals(0xcd, SlotHeader.keyEpoch(description) & 0xff, "key epoch");
    }

    @Test
    void aMarkFillsTimeAndUser() {
        SlotHeader.mark(data, AT, -2, 0x1122_3344_5566_7788L);
        assertEquals(-2, member("timestamp_ns"));
        assertEquals(0x1122_3344_5566_7788L, member("user"));
        assertEquals(-2, SlotHeader.timestamp(data, AT));
        assertEquals(0x1122_3344_5566_7788L, SlotHeader.user(data, AT));
    }

    @Test
    void nothingIsWrittenBesideTheHeader() {
        SlotHeader.commit(data, AT, -2);
        SlotHeader.describe(data, AT, -1 & 0xffff_ffffL, 0xff, 0xff);
        SlotHeader.mark(data, AT, -1, -1);
        for (long at = 0; at < data.byteSize(); at += Long.BYTES) {
            if (at < AT || at >= AT + SlotHeader.BYTES) assertEquals(0, Words.plain(data, at), "offset=" + at);
        }
    }

    @Test
    void aStateBlocksCommitWordHoldsSlotAndBuffer() {
        assertEquals(-1, DataLayout.slotOf(0), "nothing committed");
        for (long n : new long[] {0, 1, 4095, 4096, DataLayout.STATE_SLOTS - 1}) {
            for (int buffer : new int[] {0, 1, DataLayout.MOST_BUFFERS}) {
                long latest = DataLayout.latest(n, buffer);
                assertEquals(n, DataLayout.slotOf(latest));
                assertEquals(buffer, DataLayout.bufferOf(latest));
            }
        }
        assertEquals(0, DataLayout.latest(DataLayout.STATE_SLOTS, 0), "the first number that does not fit");
    }

    private long member(String name) {
        Object value = handle(name).get(data, AT);
        return switch (value) {
            case Byte b -> Byte.toUnsignedLong(b);
            case Short s -> Short.toUnsignedLong(s);
            case Integer i -> Integer.toUnsignedLong(i);
            default -> (Long) value;
        };
    }

    private void store(String name, Number value) {
        switch (value) {
            case Byte b -> handle(name).set(data, AT, (byte) b);
            case Short s -> handle(name).set(data, AT, (short) s);
            default -> handle(name).set(data, AT, value.intValue());
        }
    }

    private static VarHandle handle(String name) {
        return SlotHeader.LAYOUT.varHandle(PathElement.groupElement(name));
    }
}
