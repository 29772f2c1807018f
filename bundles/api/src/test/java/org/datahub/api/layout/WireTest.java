package org.datahub.api.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.StructLayout;
import org.junit.jupiter.api.Test;

class WireTest {
    @Test
    void aStructPadsItsGapsAndItsEnd() {
        StructLayout layout = Wire.struct("some", 32, 0, Wire.U8.withName("a"), 8, Wire.U64.withName("b"));
        assertEquals(32, layout.byteSize());
        assertEquals(8, Wire.offset(layout, "b"));
    }

    @Test
    void overlappingMembersAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Wire.struct("some", 32, 0, Wire.U64.withName("a"), 4, Wire.U32.withName("b")));
    }

    @Test
    void misalignedMembersAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Wire.struct("some", 32, 4, Wire.U64.withName("a")));
    }

    @Test
    void anotherNameOffsetTypeOrSizeIsAnotherHash() {
        long hash = Wire.hash(Wire.struct("some", 32, 0, Wire.U64.withName("a")));
        assertEquals(hash, Wire.hash(Wire.struct("some", 32, 0, Wire.U64.withName("a"))));
        assertNotEquals(hash, Wire.hash(Wire.struct("some", 32, 0, Wire.U64.withName("b"))));
        assertNotEquals(hash, Wire.hash(Wire.struct("some", 32, 8, Wire.U64.withName("a"))));
        assertNotEquals(hash, Wire.hash(Wire.struct("some", 32, 0, Wire.bytes(8, "a"))));
        assertNotEquals(hash, Wire.hash(Wire.struct("some", 40, 0, Wire.U64.withName("a"))));
        assertNotEquals(hash, Wire.hash(Wire.struct("other", 32, 0, Wire.U64.withName("a"))));
    }

    @Test
    void magicWordsBeginWithTheirFirstLetter() {
        assertEquals('D', (byte) Wire.magic("DHSTATE1"));
        assertEquals('1', (byte) (Wire.magic("DHSTATE1") >>> 56));
    }
}
