package org.datahub.api.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRingTest {
    @TempDir
    Path directory;

    private final Random random = new Random(77);

    private byte[] secret(int bytes) {
        byte[] secret = new byte[bytes];
        random.nextBytes(secret);
        secret[0] = (byte) 0xf1; // never text
        return secret;
    }

    private Path file(String name, byte[] content, String mode) throws IOException {
        Path file = directory.resolve(name);
        Files.write(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file;
    }

    private static KeyRing ring(Path newest, Path... previous) {
        String older = String.join(
                " , ", List.of(previous).stream().map(Path::toString).toList());
        return KeyRing.of(Map.of(KeyRing.FILE, newest.toString(), KeyRing.PREVIOUS, older), null, Set.of());
    }

    private static String refused(Map<String, String> words, Path credentials, Set<String> environment) {
        DataHubException refused =
                assertThrows(DataHubException.class, () -> KeyRing.of(words, credentials, environment));
        assertEquals(ErrorCode.KEY_REFUSED, refused.code());
        return refused.getMessage();
    }

    private static String refused(Path file) {
        return refused(Map.of(KeyRing.FILE, file.toString()), null, Set.of());
    }

    private static void assertSays(String message, String... parts) {
        for (String part : parts) assertTrue(message.contains(part), part + " is not in: " + message);
    }

    @Test
    void bytesHexAndBase64AreTheSameKey() throws IOException {
        byte[] secret = secret(32);
        long id = ring(file("raw", secret, "rw-------")).newest();
        String hex = HexFormat.of().formatHex(secret);
        String base64 = Base64.getEncoder().encodeToString(secret);
        assertEquals(id, ring(file("hex", (hex + "\n").getBytes(), "rw-------")).newest());
        assertEquals(
                id, ring(file("HEX", hex.toUpperCase().getBytes(), "r--------")).newest());
        assertEquals(
                id,
                ring(file("base64", (base64 + "\n").getBytes(), "rw-------")).newest());
        assertNotEquals(id, ring(file("other", secret(32), "rw-------")).newest());
        assertNotEquals(0, id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw---x---", "rwxrwxrwx"})
    void aFileThatOthersMayReadOrWriteIsRefusedWithItsModeAndTheCommand(String mode) throws IOException {
        Path file = file("open", secret(32), mode);
        assertSays(refused(file), "path=" + file, "mode=", "chmod 600 " + file);
    }

    @Test
    void anotherUsersFileIsRefused() throws IOException {
        Path file = file("foreign", secret(32), "rw-------");
        if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") != 0) return; // root alone gives a file away
        Files.setAttribute(file, "unix:uid", 65534);
        assertSays(refused(file), "owner=65534", "user=0", "chown 0 " + file);
    }

    @Test
    void keysOfLessThan256BitsAreRefused() throws IOException {
        assertSays(refused(file("raw", secret(31), "rw-------")), "bits=248", "least=256");
        String hex = HexFormat.of().formatHex(secret(16));
        String message = refused(file("hex", hex.getBytes(), "rw-------"));
        assertSays(message, "bits=128");
        assertFalse(message.contains(hex));
        assertSays(refused(file("empty", new byte[0], "rw-------")), "empty");
        assertSays(refused(file("zero", new byte[32], "rw-------")), "over and over");
    }

    @Test
    void aPassphraseIsRefusedAndNotShown() throws IOException {
        String phrase = "correct horse battery staple, and some more words!";
        String message = refused(file("phrase", phrase.getBytes(), "rw-------"));
        assertSays(message, "neither hex nor base64", "datahub key new");
        assertFalse(message.contains("horse"));
    }

    @Test
    void whatIsNoFileIsRefused() {
        assertSays(refused(directory), "no regular file", "path=" + directory);
        assertSays(refused(directory.resolve("gone")), "can't be read", "datahub key new");
    }

    /// The word may be the secret itself, by a mistake or by an interpolation.
    @ParameterizedTest
    @ValueSource(strings = {"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=", "relative.key", "$[secret:a/b]", "a\0b"})
    void aWordThatIsNoAbsolutePathIsRefusedAndNotShown(String word) {
        String message = refused(Map.of(KeyRing.FILE, word), directory, Set.of());
        assertSays(message, "key.file is no absolute path");
        assertFalse(message.contains(word));
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "Key", ".key", "key.hex", "secret", "password", "hmac.secret", "keyfile"})
    void aSecretInTheConfigurationIsRefusedAndNotShown(String name) throws IOException {
        Path file = file("good", secret(32), "rw-------");
        Map<String, String> words = Map.of(KeyRing.FILE, file.toString(), name, "hunter2");
        String message = refused(words, null, Set.of());
        assertSays(message, "key=" + name, "datahub key new");
        assertFalse(message.contains("hunter2"));
    }

    @Test
    void aSecretInTheEnvironmentIsRefused() throws IOException {
        Path file = file("good", secret(32), "rw-------");
        assertSays(
                refused(Map.of(KeyRing.FILE, file.toString()), null, Set.of("PATH", "DATAHUB_KEY")),
                "variable=DATAHUB_KEY");
    }

    /// What systemd gives a service: files of root, with an access list for the service's user.
    @Test
    void aCredentialIsNamedAndMayBeShownToItsUserByAnAccessList() throws IOException {
        Path file = file("camera.key", secret(32), "r--r-----");
        Map<String, String> words = Map.of(KeyRing.FILE, "$[secret:camera.key]");
        assertEquals(
                KeyRing.of(words, directory, Set.of()),
                KeyRing.of(Map.of(KeyRing.FILE, file.toString()), directory, Set.of()));
        assertSays(refused(file), "mode=440");
        assertSays(refused(words, null, Set.of()), "$CREDENTIALS_DIRECTORY");
        assertSays(refused(Map.of(KeyRing.FILE, "$[secret:..]"), directory, Set.of()), "no credential");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        assertSays(refused(words, directory, Set.of()), "mode=444");
    }

    @Test
    void theNewestSealsAndTheOthersAreHeld() throws IOException {
        Path first = file("first", secret(32), "rw-------");
        Path second = file("second", secret(48), "rw-------");
        KeyRing both = ring(first, second, first);
        assertEquals(ring(first).newest(), both.newest());
        assertEquals(List.of(ring(first).newest(), ring(second).newest()), both.ids());
        assertTrue(both.holds(ring(second).newest()));
        assertFalse(ring(first).holds(ring(second).newest()));
        assertThrows(
                IllegalArgumentException.class,
                () -> ring(first).derive("hmac-sha256", 1, 2, 3, ring(second).newest()));
    }

    @Test
    void everyAlgorithmBlockAndEpochHasItsOwnKey() throws IOException {
        KeyRing ring = ring(file("key", secret(32), "rw-------"));
        long id = ring.newest();
        Set<String> keys = new HashSet<>();
        for (byte[] key : List.of(
                ring.derive("hmac-sha256", 1, 2, 3, id),
                ring.derive("blake2b-256", 1, 2, 3, id),
                ring.derive("hmac-sha256", 2, 1, 3, id),
                ring.derive("hmac-sha256", 1, 3, 2, id),
                ring.derive("hmac-sha256", 1, 2, 4, id),
                ring.derive("hmac-sha256", 1, 2, 3 + 256, id))) {
            assertEquals(32, key.length);
            keys.add(HexFormat.of().formatHex(key));
        }
        assertEquals(6, keys.size());
    }

    /// RFC 5869 by hand, over the info that docs/protocols.md describes.
    @Test
    void theKeyIsTheOneOfTheDocument() throws Exception {
        byte[] secret = secret(32);
        KeyRing ring = ring(file("key", secret, "rw-------"));
        byte[] info = ByteBuffer.allocate(14 + 11 + 1 + 24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("datahub key 1 hmac-sha256\0".getBytes(StandardCharsets.US_ASCII))
                .putLong(0x11)
                .putLong(0x22)
                .putLong(0x33)
                .array();
        byte[] extracted = hmac(new byte[32], secret);
        byte[] expanded = hmac(
                extracted,
                ByteBuffer.allocate(info.length + 1).put(info).put((byte) 1).array());
        assertEquals(
                HexFormat.of().formatHex(expanded),
                HexFormat.of().formatHex(ring.derive("hmac-sha256", 0x11, 0x22, 0x33, ring.newest())));
    }

    private static byte[] hmac(byte[] key, byte[] message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }

    @Test
    void aRingSaysNothingOfItsSecrets() throws IOException {
        byte[] secret = secret(32);
        KeyRing ring = ring(file("key", secret, "rw-------"));
        assertEquals("keys " + KeyRing.hex(ring.newest()), ring.toString());
        assertFalse(ring.toString().contains(HexFormat.of().formatHex(secret, 0, 4)));
        assertEquals(0, KeyRing.empty().newest());
    }
}
