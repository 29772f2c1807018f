package org.datahub.integrity.crc32c;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.ServiceLoader;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.IntegrityProviderContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Crc32cIntegrityTest extends IntegrityProviderContract {
    private static final HexFormat HEX = HexFormat.of();

    @Override
    protected IntegrityProvider provider() {
        return new Crc32cIntegrity();
    }

    @Test
    void slotsNameItByTheNumberOne() {
        assertEquals("crc32c", provider().name());
        assertEquals(1, provider().id());
        assertEquals(4, provider().tagBytes());
    }

    @Test
    void programsWithoutAContainerFindIt() {
        IntegrityProvider found =
                ServiceLoader.load(IntegrityProvider.class).findFirst().orElseThrow();
        assertInstanceOf(Crc32cIntegrity.class, found);
    }

    /// RFC 3720, appendix B.4; the check bytes in the order in which they are sent, lowest first.
    @ParameterizedTest
    @CsvSource({
        "0000000000000000000000000000000000000000000000000000000000000000, aa36918a",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff, 43aba862",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f, 4e79dd46",
        "1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100, 5cdb3f11",
        "01c00000000000000000000000000000"
                + "14000000000004000000001400000018280000000000000002000000"
                + "00000000, 563a96d9"
    })
    void theTagIsTheOneOfTheStandard(String bytes, String tag) {
        byte[] data = HEX.parseHex(bytes);
        for (int split = 0; split <= data.length; split++) {
            assertEquals(tag, HEX.formatHex(tag(data, split)), "bytes of them in the prefix: " + split);
        }
    }

    /// Nine digits are the check value of every catalogue of CRCs.
    @Test
    void theTagOfTheNineDigitsIsTheCheckValue() {
        assertEquals("839206e3", HEX.formatHex(tag("123456789".getBytes(), 4)));
    }

    @Test
    void theTagIsTheOneOfADivisionBitByBitWhereverTheChunksEnd() {
        Random random = new Random(32);
        for (int length : new int[] {0, 1, 56, 57, 8191 + 56, 8192 + 56, 8193 + 56, 2 * 8192 + 56, 30_000}) {
            byte[] data = new byte[length];
            random.nextBytes(data);
            assertEquals(
                    Integer.toHexString(Integer.reverseBytes(bitByBit(data))),
                    Integer.toHexString(Integer.parseUnsignedInt(HEX.formatHex(tag(data, Math.min(56, length))), 16)),
                    "length=" + length);
        }
    }

    @Test
    void bytesBehindTheTagStay() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tags = arena.allocate(16, 8).fill((byte) 0x5a);
            provider().sealer(0, 0, 0, 0).seal(new byte[56], tags, 0, 0, tags, 8);
            byte[] after = tags.toArray(ValueLayout.JAVA_BYTE);
            assertTrue(HEX.formatHex(after).startsWith("5a5a5a5a5a5a5a5a"));
            assertTrue(HEX.formatHex(after).endsWith("5a5a5a5a"));
        }
    }

    private byte[] tag(byte[] data, int split) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] prefix = Arrays.copyOf(data, split);
            int length = data.length - split;
            MemorySegment segment = arena.allocate(length + 16, 8);
            MemorySegment.copy(data, split, segment, ValueLayout.JAVA_BYTE, 3, length);
            long tag = (length + 3 + 7) / 8 * 8;
            provider().sealer(1, 2, 0, 0).seal(prefix, segment, 3, length, segment, tag);
            return segment.asSlice(tag, 4).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static int bitByBit(byte[] data) {
        int crc = -1;
        for (byte b : data) {
            crc ^= b & 0xff;
            for (int bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : 0x82f6_3b78);
        }
        return ~crc;
    }
}
