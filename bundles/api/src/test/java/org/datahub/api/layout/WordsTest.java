package org.datahub.api.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WordsTest {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(64, 8);

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void wordsStandInTheFileWithTheirLowestByteFirst() {
        Words.plain(memory, 0, 0x0102_0304_0506_0708L);
        Words.plainInt(memory, 8, 0x0102_0304);
        assertArrayEquals(new byte[] {8, 7, 6, 5, 4, 3, 2, 1, 4, 3, 2, 1}, bytes(12));
        assertArrayEquals("DHSTATE1".getBytes(StandardCharsets.US_ASCII), magic(StateLayout.MAGIC_WORD));
        assertArrayEquals("DHCONTR1".getBytes(StandardCharsets.US_ASCII), magic(ControlLayout.MAGIC_WORD));
        assertArrayEquals("DHDATA_1".getBytes(StandardCharsets.US_ASCII), magic(DataLayout.MAGIC_WORD));
    }

    private byte[] magic(long word) {
        Words.release(memory, 0, word);
        return bytes(8);
    }

    private byte[] bytes(int count) {
        return memory.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void everyVerbReachesTheSameWord() {
        Words.release(memory, 8, 1);
        assertEquals(1, Words.acquire(memory, 8));
        Words.opaque(memory, 8, 2);
        assertEquals(2, Words.opaque(memory, 8));
        Words.plain(memory, 8, 3);
        assertEquals(3, Words.plain(memory, 8));
        assertEquals(7, Words.add(memory, 8, 4), "add returns the sum");
        assertEquals(7, Words.acquire(memory, 8));
        Words.releaseInt(memory, 8, 8);
        assertEquals(8, Words.acquireInt(memory, 8));
        assertEquals(8, Words.opaqueInt(memory, 8));
        Words.plainInt(memory, 8, 9);
        assertEquals(9, Words.plainInt(memory, 8));
        assertEquals(9, Words.exchangeInt(memory, 8, 10), "exchange returns what was there");
        assertEquals(11, Words.addInt(memory, 8, 1), "add returns the sum");
        assertEquals(0, Words.plain(memory, 0) | Words.plain(memory, 16), "the neighbours stay as they were");
    }

    @Test
    void aBellCountsOnThroughTheSignBit() {
        Words.plainInt(memory, 0, -1);
        assertEquals(0, Words.addInt(memory, 0, 1));
        assertEquals(0, Words.plainInt(memory, 4), "no carry into the next word");
    }

    @Test
    void aReadOnlySegmentTakesNoStore() {
        MemorySegment readOnly = memory.asReadOnly();
        assertThrows(IllegalArgumentException.class, () -> Words.release(readOnly, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> Words.addInt(readOnly, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> Words.copy(new byte[8], 0, readOnly, 0, 8));
        assertEquals(0, Words.plain(memory, 0));
    }

    @Test
    void nothingReachesBeyondTheSegment() {
        assertThrows(IndexOutOfBoundsException.class, () -> Words.acquire(memory, 64));
        assertThrows(IndexOutOfBoundsException.class, () -> Words.acquire(memory, -8));
        assertThrows(IndexOutOfBoundsException.class, () -> Words.copy(memory, 60, new byte[8], 0, 8));
    }

    @Test
    void bytesAreCopiedInAndOutAndBetweenSegments() {
        byte[] in = {1, 2, 3, 4, 5};
        Words.copy(in, 1, memory, 3, 3);
        byte[] out = new byte[5];
        Words.copy(memory, 3, out, 1, 3);
        assertArrayEquals(new byte[] {0, 2, 3, 4, 0}, out);
        Words.copy(memory, 3, memory, 33, 3);
        assertArrayEquals(new byte[] {2, 3, 4}, memory.asSlice(33, 3).toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    void textIsCutAtTheBorderOfACharacterAndZerosFollow() {
        memory.fill((byte) 0x55);
        assertEquals(3, Words.text(memory, 8, 4, "ab\u00fc".substring(1) + "\u00fc"), "b, one umlaut, half an umlaut");
        assertArrayEquals(
                new byte[] {'b', (byte) 0xc3, (byte) 0xbc, 0, 0x55},
                memory.asSlice(8, 5).toArray(ValueLayout.JAVA_BYTE));
        assertEquals("b\u00fc", Words.text(memory, 8, 4, 3));
        assertEquals(0, Words.text(memory, 8, 4, ""));
        assertEquals(4, Words.text(memory, 8, 4, "abcd"));
        assertEquals(0, Words.text(memory, 8, 2, "\u20ac"), "no room for its three bytes");
    }

    @Test
    void aForeignTextLengthReadsNoMoreThanTheField() {
        Words.text(memory, 8, 8, "sensible");
        assertEquals("sensible", Words.text(memory, 8, 8, Integer.MAX_VALUE));
        assertEquals("", Words.text(memory, 8, 8, -1));
        memory.fill((byte) 0xff);
        assertEquals("\ufffd\ufffd", Words.text(memory, 8, 8, 2), "what is no UTF-8 is marked");
    }

    @Test
    void aForeignTextCanNotSteerTheTerminalThatShowsIt() {
        int bytes = Words.text(memory, 8, 32, "a\033[2J\nb\u0085\u2028\u202ec\u2066\u007f");
        assertEquals("a\ufffd[2J\ufffdb\ufffd\ufffd\ufffdc\ufffd\ufffd", Words.text(memory, 8, 32, bytes));
        assertEquals("ünï cödé", Words.text(memory, 8, 32, Words.text(memory, 8, 32, "ünï cödé")));
    }
}
