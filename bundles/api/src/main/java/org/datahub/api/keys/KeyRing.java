package org.datahub.api.keys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.datahub.api.DataHubException;

/// The secrets that a provider holds: the newest, which seals, and older ones, whose slots are still
/// taken. Immutable; says nothing of the secrets but their ids.
public final class KeyRing {
    /// The word that names the file of the newest.
    public static final String FILE = "key.file";

    /// The word that names the files of older ones, with a comma between two.
    public static final String PREVIOUS = "key.previous";

    private static final byte[] NO_SALT = {};
    private static final byte[] NAME_INFO = "datahub key id 1".getBytes(StandardCharsets.US_ASCII);
    private static final String KEY_INFO = "datahub key 1 ";
    private static final int KEY_BYTES = 32;
    private static final Set<String> ENVIRONMENT = Set.of("DATAHUB_KEY", "DATAHUB_SECRET", "DATAHUB_INTEGRITY_KEY");

    private record Secret(long id, byte[] bytes) {}

    private final List<Secret> secrets;

    private KeyRing(List<Secret> secrets) {
        this.secrets = List.copyOf(secrets);
    }

    /// One without keys.
    public static KeyRing empty() {
        return new KeyRing(List.of());
    }

    /// Reads the files that an operator's words name; `key.file` is needed.
    ///
    /// @throws DataHubException `DH-7005` when a file can't be used, or a secret stands in the words
    public static KeyRing of(Map<String, String> words) {
        String credentials = System.getenv("CREDENTIALS_DIRECTORY");
        return of(
                words,
                credentials == null ? null : Path.of(credentials).normalize(),
                System.getenv().keySet());
    }

    static KeyRing of(Map<String, String> words, Path credentials, Collection<String> environment) {
        refuseInline(words.keySet());
        for (String variable : ENVIRONMENT) {
            if (!environment.contains(variable)) continue;
            throw KeyFile.refused(
                    "a secret stands in the environment, where other programs see it: variable=" + variable,
                    "remove it, make a new key with `datahub key new FILE`, and name the file: " + FILE + "=FILE");
        }
        String newest = words.getOrDefault(FILE, "").strip();
        if (newest.isEmpty()) {
            throw KeyFile.refused(
                    "no key: " + FILE + " is missing",
                    "make one with `datahub key new FILE`, and set " + FILE + "=FILE");
        }
        List<Secret> secrets = new ArrayList<>();
        secrets.add(secret(FILE, newest, credentials));
        for (String previous : words.getOrDefault(PREVIOUS, "").split(",")) {
            if (previous.isBlank()) continue;
            Secret older = secret(PREVIOUS, previous.strip(), credentials);
            if (secrets.stream().noneMatch(held -> held.id == older.id)) secrets.add(older);
        }
        return new KeyRing(secrets);
    }

    /// Refuses words whose names say that their value is a secret.
    ///
    /// @throws DataHubException `DH-7005`, without the value
    public static void refuseInline(Collection<String> names) {
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith(".")) lower = lower.substring(1);
            if (lower.equals(FILE) || lower.equals(PREVIOUS)) continue;
            if (lower.startsWith("key") || lower.contains("secret") || lower.contains("passw")) {
                throw KeyFile.refused(
                        "a secret has no place in a configuration, which is stored and shown: key=" + name,
                        "remove it, make a new key with `datahub key new FILE`, and name the file: " + FILE + "=FILE");
            }
        }
    }

    private static Secret secret(String key, String word, Path credentials) {
        byte[] bytes = KeyFile.read(KeyFile.path(key, word, credentials), credentials);
        return new Secret(id(bytes), bytes);
    }

    private static long id(byte[] secret) {
        long id = ByteBuffer.wrap(Hkdf.derive(secret, NO_SALT, NAME_INFO, Long.BYTES))
                .getLong();
        return id == 0 ? 1 : id; // 0 says: no key
    }

    /// Public fingerprint of the newest; 0 without keys.
    public long newest() {
        return secrets.isEmpty() ? 0 : secrets.getFirst().id;
    }

    /// Fingerprints of all, the newest first.
    public List<Long> ids() {
        return secrets.stream().map(Secret::id).toList();
    }

    /// Whether the secret with this id is held.
    public boolean holds(long id) {
        return secrets.stream().anyMatch(secret -> secret.id == id);
    }

    /// The key of one algorithm, block and epoch, 32 bytes: HKDF-SHA-256 without salt; the info is
    /// `datahub key 1 `, the algorithm's name, a zero byte, then block id (high half first) and epoch,
    /// little-endian.
    ///
    /// @throws IllegalArgumentException when the secret with this id is not held
    public byte[] derive(String algorithm, long blockIdHigh, long blockIdLow, long epoch, long id) {
        Secret secret = secrets.stream()
                .filter(held -> held.id == id)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not held: key.id=" + hex(id)));
        byte[] name = (KEY_INFO + algorithm).getBytes(StandardCharsets.US_ASCII);
        byte[] info = ByteBuffer.allocate(name.length + 1 + 3 * Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(name)
                .put((byte) 0)
                .putLong(blockIdHigh)
                .putLong(blockIdLow)
                .putLong(epoch)
                .array();
        return Hkdf.derive(secret.bytes, NO_SALT, info, KEY_BYTES);
    }

    /// An id as people see it.
    public static String hex(long id) {
        return HexFormat.of().toHexDigits(id);
    }

    /// The ids.
    @Override
    public String toString() {
        return secrets.stream().map(secret -> hex(secret.id)).collect(Collectors.joining(",", "keys ", ""));
    }

    /// Whether both hold the same secrets in the same order.
    @Override
    public boolean equals(Object other) {
        return other instanceof KeyRing ring && ids().equals(ring.ids());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids().toArray());
    }
}
