package org.datahub.integrity.hmac;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.keys.TagFunction;
import org.datahub.api.spi.IntegrityProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HmacTest {
    private static final HexFormat HEX = HexFormat.of();

    private record Known(String key, String message, String tag) {}

    /// RFC 4231, cases 1 to 4, 6 and 7; case 5 is of a shorter tag.
    private static final List<Known> RFC_4231 = List.of(
            new Known(
                    "0b".repeat(20),
                    "4869205468657265",
                    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            new Known(
                    "4a656665",
                    "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            new Known(
                    "aa".repeat(20),
                    "dd".repeat(50),
                    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            new Known(
                    "0102030405060708090a0b0c0d0e0f10111213141516171819",
                    "cd".repeat(50),
                    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            new Known(
                    "aa".repeat(131),
                    HEX.formatHex("Test Using Larger Than Block-Size Key - Hash Key First".getBytes()),
                    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            new Known(
                    "aa".repeat(131),
                    HEX.formatHex(
                            ("This is a test using a larger than block-size key and a larger than block-size data."
                                            + " The key needs to be hashed before being used by the HMAC algorithm.")
                                    .getBytes()),
                    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"));

    @ParameterizedTest
    @EnumSource
    void theTagsAreThoseOfTheStandardWhereverTheMessageIsCut(Implementation implementation) {
        for (Known known : RFC_4231) {
            TagFunction function = implementation.function(HEX.parseHex(known.key));
            byte[] message = HEX.parseHex(known.message);
            byte[] tag = new byte[TagFunction.TAG_BYTES];
            for (int cut = 0; cut <= message.length; cut++) {
                function.update(message, 0, cut);
                function.update(message, cut, message.length - cut);
                function.finish(tag);
                assertEquals(known.tag, HEX.formatHex(tag), "cut=" + cut);
            }
        }
    }

    @Test
    void bothImplementationsGiveTheSameTags() {
        Random random = new Random(41);
        for (int i = 0; i < 2000; i++) {
            byte[] key = new byte[32];
            byte[] message = new byte[random.nextInt(3000)];
            random.nextBytes(key);
            random.nextBytes(message);
            byte[][] tags = Stream.of(Implementation.values())
                    .map(each -> {
                        byte[] tag = new byte[TagFunction.TAG_BYTES];
                        TagFunction function = each.function(key);
                        function.update(message, 0, message.length);
                        function.finish(tag);
                        return tag;
                    })
                    .toArray(byte[][]::new);
            assertArrayEquals(tags[0], tags[1]);
        }
    }

    @Test
    void slotsNameItByTheNumberTwo() {
        IntegrityProvider found =
                ServiceLoader.load(IntegrityProvider.class).findFirst().orElseThrow();
        assertInstanceOf(HmacIntegrity.class, found);
        assertEquals("hmac-sha256", found.name());
        assertEquals(2, found.id());
        assertEquals(32, found.tagBytes());
    }

    @Test
    void withoutAKeyItSealsNothing() {
        HmacIntegrity none = new HmacIntegrity();
        assertEquals(0, none.keyId());
        assertNull(none.sealer(1, 2, 3, 0));
        assertNull(none.sealer(1, 2, 3, 7));
    }

    @Test
    void wordsThatCanNotBeUsedAreRefused() {
        refused(ErrorCode.CONFIGURATION, Map.of("colour", "red"), "colour");
        refused(ErrorCode.KEY_REFUSED, Map.of(), "key.file");
        refused(ErrorCode.CONFIGURATION, () -> Implementation.of("quantum"), "implementation=quantum");
        DataHubException inline = refused(ErrorCode.KEY_REFUSED, Map.of("key", "hunter2hunter2"), "key=key");
        assertTrue(!inline.getMessage().contains("hunter2"));
    }

    private static DataHubException refused(ErrorCode code, Map<String, String> words, String... named) {
        return refused(code, () -> HmacIntegrity.of(words), named);
    }

    private static DataHubException refused(ErrorCode code, Runnable call, String... named) {
        DataHubException refused = assertThrows(DataHubException.class, call::run);
        assertEquals(code, refused.code());
        for (String each : Arrays.asList(named)) assertTrue(refused.getMessage().contains(each), refused.getMessage());
        return refused;
    }
}
