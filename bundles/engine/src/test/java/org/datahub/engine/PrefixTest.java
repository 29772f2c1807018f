package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PrefixTest {
    @Test
    void thePrefixIsSevenLittleEndianWords() {
        byte[] bytes = new Prefix(0x0102030405060708L, 0x1112131415161718L)
                .of(
                        0x2122232425262728L,
                        0x3132333435363738L,
                        0x4142434445464748L,
                        0x5152535455565758L,
                        0x6162636465666768L);
        assertEquals(56, bytes.length);
        assertArrayEquals(
                HexFormat.of()
                        .parseHex("0807060504030201" + "1817161514131211" + "2827262524232221" + "3837363534333231"
                                + "4847464544434241" + "5857565554535251" + "6867666564636261"),
                bytes);
    }

    @Test
    void nothingOfOneSlotStaysInTheNextOnes() {
        Prefix prefix = new Prefix(1, 2);
        byte[] first = prefix.of(3, 4, 5, 6, 7).clone();
        prefix.of(-1, -1, -1, -1, -1);
        assertArrayEquals(first, prefix.of(3, 4, 5, 6, 7));
    }
}
