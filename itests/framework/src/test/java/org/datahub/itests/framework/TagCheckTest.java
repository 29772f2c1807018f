package org.datahub.itests.framework;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.Test;

/// The functions that tags are computed anew with, held against published vectors.
public class TagCheckTest {
    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    @Test
    public void theChecksumIsThatOfRfc3720() {
        assertEquals(0xe306_9283, TagCheck.crc32c(ascii("123456789")));
    }

    @Test
    public void theKeyedHashIsThatOfRfc4231() {
        assertArrayEquals(
                hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
                TagCheck.hmac(ascii("Jefe"), ascii("what do ya want for nothing?")));
    }

    @Test
    public void blake2bIsThatOfItsAuthors() {
        assertArrayEquals(
                hex("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
                Blake2bReference.digest(new byte[0], ascii("abc")));
    }
}
