package org.datahub.integrity.blake2b;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.ServiceLoader;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.keys.TagFunction;
import org.datahub.api.spi.IntegrityProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Blake2bTest {
    private static final HexFormat HEX = HexFormat.of();

    /// RFC 7693, appendix A: BLAKE2b-512 of `abc`.
    @Test
    void theHashOfAbcIsTheOneOfTheStandard() {
        assertEquals(
                "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                        + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
                HEX.formatHex(hash("abc".getBytes(), new byte[0], 64)));
    }

    /// RFC 7693, appendix E: hashes with and without key, of several lengths, hashed together.
    @Test
    void theSelfTestOfTheStandardPasses() {
        Blake2b all = new Blake2b(new byte[0], 32);
        for (int bytes : new int[] {20, 32, 48, 64}) {
            for (int length : new int[] {0, 3, 128, 129, 255, 1024}) {
                byte[] message = sequence(length, length);
                all.update(hash(message, new byte[0], bytes), 0, bytes);
                all.update(hash(message, sequence(bytes, bytes), bytes), 0, bytes);
            }
        }
        byte[] grand = new byte[32];
        all.finish(grand);
        assertEquals("c23a7800d98123bd10f506c61e29da5603d763b8bbad2e737f5e765a7bccd475", HEX.formatHex(grand));
    }

    private static byte[] sequence(int length, int seed) {
        byte[] bytes = new byte[length];
        int a = 0xDEAD4BAD * seed;
        int b = 1;
        for (int i = 0; i < length; i++) {
            int t = a + b;
            a = b;
            b = t;
            bytes[i] = (byte) (t >>> 24);
        }
        return bytes;
    }

    private static byte[] hash(byte[] message, byte[] key, int bytes) {
        Blake2b function = new Blake2b(key, bytes);
        byte[] tag = new byte[bytes];
        function.update(message, 0, message.length);
        function.finish(tag);
        return tag;
    }

    /// By Python's hashlib: key 00 01 .. 1f, message byte i is i mod 251.
    @ParameterizedTest
    @CsvSource({
        "0, 4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d",
        "1, 41ff93a4eaeebd3b78a93438a6f62a92ab5959c859e682b72c7def406197ca4d",
        "72, 5aeecf6c82293d807bf11418fb91cbdfae9712daec9ecbbf33a4427e0d7ad6b8",
        "128, 138893f1631ef3165629515d6ed800da3771b7926dced294205c7507351deebc",
        "129, ca60f75cbb714330c046d8f28b4ed351a3ee81776bb02a96abb646fe573e3d5c",
        "255, 5de94a8a1a2649b337aadbf67a17cc7f3ff63d6c70b84179a3db0614a1cab865",
        "1000, bf9c0d3a2590251349ad634ad07f03958d0be63d5f9533daf62752de734b2c76"
    })
    void theTagIsTheOneThatPythonComputesWhereverTheMessageIsCut(int length, String tag) {
        byte[] key = new byte[32];
        byte[] message = new byte[length];
        for (int i = 0; i < key.length; i++) key[i] = (byte) i;
        for (int i = 0; i < length; i++) message[i] = (byte) (i % 251);
        byte[] computed = new byte[TagFunction.TAG_BYTES];
        for (Implementation implementation : Implementation.values()) {
            TagFunction function = implementation.function(key);
            for (int cut = 0; cut <= length; cut++) {
                function.update(message, 0, cut);
                function.update(message, cut, length - cut);
                function.finish(computed);
                assertEquals(tag, HEX.formatHex(computed), implementation + " cut=" + cut);
            }
        }
    }

    @Test
    void bouncyCastleGivesTheSameForEveryKeyAndMessage() {
        Random random = new Random(42);
        for (int i = 0; i < 5000; i++) {
            byte[] key = new byte[random.nextInt(65)];
            byte[] message = new byte[random.nextInt(1500)];
            int bytes = 1 + random.nextInt(64);
            random.nextBytes(key);
            random.nextBytes(message);
            Blake2bDigest theirs = new Blake2bDigest(key.length == 0 ? null : key, bytes, null, null);
            byte[] expected = new byte[bytes];
            theirs.update(message, 0, message.length);
            theirs.doFinal(expected, 0);
            assertArrayEquals(expected, hash(message, key, bytes));
        }
    }

    @Test
    void slotsNameItByTheNumberThree() {
        IntegrityProvider found =
                ServiceLoader.load(IntegrityProvider.class).findFirst().orElseThrow();
        assertInstanceOf(Blake2bIntegrity.class, found);
        assertEquals("blake2b-256", found.name());
        assertEquals(3, found.id());
        assertEquals(32, found.tagBytes());
        assertEquals(0, found.keyId());
        assertNull(found.sealer(1, 2, 3, 0), "no key, no sealer");
    }

    @Test
    void anUnknownImplementationIsRefused() {
        DataHubException refused = assertThrows(DataHubException.class, () -> Implementation.of("quantum"));
        assertEquals(ErrorCode.CONFIGURATION, refused.code());
        assertEquals(Implementation.BUILTIN, Implementation.of(" "));
        assertEquals(2, Arrays.asList(Implementation.values()).size());
    }
}
