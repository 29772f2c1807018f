package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataHub;
import org.datahub.api.HubOptions;
import org.datahub.api.keys.KeyLimits;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.Proof;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What somebody who may write a slot, and has no key, can make of it: the engine's own sealing and
/// verification, on a copy of a cell. Beside each forgery its untouched twin is verified too.
class ForgeryIT {
    private static final int SLOT_BYTES = 256;
    private static final long SLOTS = 16;
    private static final Set<String> KEYED = Set.of("hmac-sha256", "blake2b-256");

    private enum Forgery {
        PAYLOAD_BIT,
        LENGTH,
        SLOT_NUMBER,
        BLOCK,
        EPOCH,
        ALGORITHM,
        TAG_BIT,
        REPLAY,
        OTHER_KEY
    }

    @TempDir
    private Path keys;

    private final Random random = new Random(4);
    private final Arena arena = Arena.ofShared();
    private Path directory;
    private DataHub hub;
    private Block block;
    private Block other;

    @BeforeEach
    void open() throws IOException {
        directory = Files.createTempDirectory(
                Path.of("/dev/shm"),
                "datahub-test-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        hub = DataHub.open(HubOptions.defaults().directory(directory));
        block = block("one");
        other = block("two");
    }

    private Block block(String name) {
        return ((Handle) hub.create(BlockSpec.named(name).slotBytes(SLOT_BYTES).slots(SLOTS))).block;
    }

    @AfterEach
    void close() throws IOException {
        hub.close();
        arena.close();
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    private Path key(String name) throws IOException {
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        Path file = Files.createFile(
                keys.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, HexFormat.of().formatHex(secret));
    }

    /// Every provider, those with keys under this one.
    private static Providers providers(Path key) {
        Providers providers = new Providers();
        for (IntegrityProvider each : ServiceLoader.load(IntegrityProvider.class)) {
            boolean keyed = KEYED.contains(each.name());
            providers.add(keyed ? each.configured(Map.of("key.file", key.toString())) : each, 0);
        }
        return providers;
    }

    private MemorySegment cell() {
        return arena.allocate(block.geometry.stride(), 64);
    }

    /// A slot of random length, content, time and user word, sealed.
    private void fill(MemorySegment cell, long n, Sealing sealing) {
        int length = 1 + random.nextInt(SLOT_BYTES);
        for (int i = 0; i < SLOT_BYTES; i += 8) {
            cell.set(ValueLayout.JAVA_LONG, SlotHeader.BYTES + i, random.nextLong());
        }
        SlotHeader.mark(cell, 0, random.nextLong(), random.nextLong());
        seal(cell, n, length, sealing);
    }

    private static void seal(MemorySegment cell, long n, long length, Sealing sealing) {
        if (!sealing.ready()) throw new AssertionError("no key");
        sealing.seal(cell, 0, n, length);
    }

    private static Sealing sealing(Block block, Providers providers, String algorithm) {
        return new Sealing(block, IntegritySource.named(providers, algorithm), () -> 0, KeyLimits.NONE);
    }

    private void flip(MemorySegment cell, long from, long bytes) {
        long at = from + random.nextLong(bytes);
        cell.set(ValueLayout.JAVA_BYTE, at, (byte) (cell.get(ValueLayout.JAVA_BYTE, at) ^ 1 << random.nextInt(8)));
    }

    /// Whether a forgery of this kind passes for slot n; the cell is forged in place.
    private boolean accepted(
            Forgery forgery, MemorySegment cell, long n, Sealing sealing, Sealing forger, Verification... both) {
        long description = SlotHeader.description(cell, 0);
        long length = SlotHeader.length(description);
        int algorithm = SlotHeader.integrity(description);
        int epoch = SlotHeader.keyEpoch(description);
        long tag = SlotHeader.BYTES + block.geometry.tagOffset();
        long asked = n;
        Verification verification = both[0];
        switch (forgery) {
            case PAYLOAD_BIT -> flip(cell, SlotHeader.BYTES, length);
            case LENGTH ->
                SlotHeader.describe(
                        cell, 0, (length + 1 + random.nextInt(SLOT_BYTES)) % (SLOT_BYTES + 1), algorithm, epoch);
            case SLOT_NUMBER -> asked = random.nextBoolean() ? n + 1 : n ^ 1L << random.nextInt(40);
            case BLOCK -> verification = both[1];
            case EPOCH -> SlotHeader.describe(cell, 0, length, algorithm, otherEpoch(epoch));
            case ALGORITHM -> SlotHeader.describe(cell, 0, length, (algorithm + 1 + random.nextInt(255)) & 0xff, epoch);
            case TAG_BIT -> flip(cell, tag, algorithm == 1 ? Integer.BYTES : SlotHeader.TAG_BYTES);
            case REPLAY -> fill(cell, n - SLOTS - 1, sealing);
            case OTHER_KEY -> {
                flip(cell, SlotHeader.BYTES, length);
                seal(cell, n, length, forger);
            }
        }
        return verify(verification, cell, asked) == Verification.Verdict.GOOD;
    }

    /// One whose key is known, or any.
    private int otherEpoch(int epoch) {
        int range = random.nextBoolean() ? StateLayout.KEY_EPOCHS : 256;
        int other = random.nextInt(range);
        return other == epoch ? (epoch + 1) % range : other;
    }

    private static Verification.Verdict verify(Verification verification, MemorySegment cell, long n) {
        return verification.verify(cell, 0, n, SlotHeader.description(cell, 0));
    }

    /// How many forgeries of each kind are accepted.
    private Map<Forgery, Integer> tried(String algorithm, Set<String> accept, int count) throws IOException {
        Providers providers = providers(key("own"));
        Sealing sealing = sealing(block, providers, algorithm);
        Sealing forger = sealing(block, providers(key("forgers")), algorithm);
        // Both blocks know all their epochs, of the owner's key but one: no forgery fails for want of a key.
        Sealing others = sealing(other, providers, algorithm);
        assertTrue(sealing.ready() && forger.ready() && others.ready());
        for (int epoch = 3; KEYED.contains(algorithm) && epoch <= StateLayout.KEY_EPOCHS; epoch++) sealing.rotate();
        for (int epoch = 2; KEYED.contains(algorithm) && epoch <= StateLayout.KEY_EPOCHS; epoch++) others.rotate();
        Verification[] both = {new Verification(block, providers, accept), new Verification(other, providers, accept)};
        MemorySegment twin = cell();
        MemorySegment cell = cell();
        Map<Forgery, Integer> accepted = new EnumMap<>(Forgery.class);
        for (Forgery forgery : Forgery.values()) {
            int passed = 0;
            for (int i = 0; i < count; i++) {
                long n = SLOTS + 1 + random.nextInt(1 << 30);
                fill(twin, n, sealing);
                cell.copyFrom(twin);
                if (accepted(forgery, cell, n, sealing, forger, both)) passed++;
                assertEquals(Verification.Verdict.GOOD, verify(both[0], twin, n), "the untouched twin");
            }
            accepted.put(forgery, passed);
        }
        return accepted;
    }

    @ParameterizedTest
    @ValueSource(strings = {"hmac-sha256", "blake2b-256"})
    void noForgeryIsAcceptedAndEachTwinIs(String algorithm) throws Exception {
        int count = Proof.count("forgeries", 2_000, 100_000);
        Evidence evidence = Evidence.of("forgeries of slots sealed by " + algorithm);
        for (Map.Entry<Forgery, Integer> each : tried(algorithm, KEYED, count).entrySet()) {
            assertEquals(0, each.getValue(), "accepted: " + each.getKey());
        }
        evidence.row(
                count
                        + " each of: payload bit, length, slot number, block, epoch, algorithm, tag bit, replay, other key",
                "0 accepted; each untouched twin accepted");
    }

    /// It detects accidents. A forger needs no key, and each of his slots is taken.
    @Test
    void aCheckSumDetectsAccidentsAndNoForger() throws Exception {
        int count = Proof.count("forgeries", 2_000, 100_000);
        Evidence evidence = Evidence.of("accidents and forgeries of slots sealed by crc32c");
        Map<Forgery, Integer> accepted = tried("crc32c", Set.of("crc32c"), count);
        assertEquals(count, accepted.remove(Forgery.OTHER_KEY), "there is no key");
        assertEquals(0, accepted.get(Forgery.PAYLOAD_BIT), "a single bit is always noticed");
        assertEquals(0, accepted.get(Forgery.TAG_BIT), "a single bit is always noticed");
        evidence.row(
                count
                        + " accidents each of: payload bit, length, slot number, block, epoch, algorithm, tag bit, replay",
                "accepted: "
                        + accepted.values().stream().mapToInt(Integer::intValue).sum()
                        + "; of slots that a forger sealed anew: all " + count);
    }
}
