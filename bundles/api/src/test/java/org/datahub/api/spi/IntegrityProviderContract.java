package org.datahub.api.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds for every integrity provider. A provider's test extends it.
public abstract class IntegrityProviderContract {
    private static final int PREFIX_BYTES = 56;
    private static final long PAYLOAD = 4096 + 32; // as in a cell with the least alignment
    private static final long BLOCK_HIGH = 0x0123_4567_89ab_cdefL;
    private static final long BLOCK_LOW = 0xfedc_ba98_7654_3210L;

    private static final long EPOCH = 0x1_0000_0003L;

    private final Random random = new Random(20);
    private final Arena arena = Arena.ofShared();
    private final byte[] prefix = bytes(PREFIX_BYTES);
    private IntegrityProvider provider;
    private IntegrityProvider.Sealer sealer;

    /// The provider that is tried.
    protected abstract IntegrityProvider provider();

    /// Bytes of garbage that a seal or a verification may leave.
    protected int garbageBytes() {
        return 0;
    }

    @BeforeEach
    void makeSealer() {
        provider = provider();
        sealer = sealer(provider);
    }

    private static IntegrityProvider.Sealer sealer(IntegrityProvider provider) {
        return provider.sealer(BLOCK_HIGH, BLOCK_LOW, EPOCH, provider.keyId());
    }

    @AfterEach
    void free() {
        arena.close();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /// A cell with a random payload, and something recognizable all around it.
    private MemorySegment cell(long length) {
        MemorySegment cell = arena.allocate(tagOf(length) + 64, 4096).fill((byte) 0x5a);
        for (long i = 0; i < length; i++) cell.set(ValueLayout.JAVA_BYTE, PAYLOAD + i, (byte) random.nextInt());
        return cell;
    }

    private static long tagOf(long length) {
        return PAYLOAD + (length + 7) / 8 * 8;
    }

    private void seal(MemorySegment cell, long length) {
        sealer.seal(prefix, cell, PAYLOAD, length, cell, tagOf(length));
    }

    private boolean verify(MemorySegment cell, long length) {
        return sealer.verify(prefix, cell, PAYLOAD, length, cell, tagOf(length));
    }

    @Test
    void itsNameNumberAndTagFitASlot() {
        assertTrue(provider.name().matches("[a-z0-9][a-z0-9-]*"), provider.name());
        assertTrue(provider.name().getBytes(StandardCharsets.UTF_8).length <= 32, provider.name());
        assertNotEquals("none", provider.name());
        assertTrue(provider.id() >= 1 && provider.id() <= 255, "id=" + provider.id());
        int tag = provider.tagBytes();
        assertTrue(tag >= 1 && tag <= IntegrityProvider.MOST_TAG_BYTES, "tagBytes=" + tag);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 9, 31, 32, 33, 63, 64, 65, 4095, 8191, 8192, 8193, 16384, 100_000, 1 << 20})
    void whatIsSealedIsVerified(int length) {
        MemorySegment cell = cell(length);
        seal(cell, length);
        assertTrue(verify(cell, length));
    }

    @Test
    void everyShortLengthIsSealedInFull() {
        for (int length = 1; length <= 300; length++) {
            MemorySegment cell = cell(length);
            seal(cell, length);
            assertTrue(verify(cell, length), "length=" + length);
            assertNoticed(cell, PAYLOAD + length - 1, length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 33, 40})
    void everyFlippedBitOfThePayloadIsNoticed(int length) {
        MemorySegment cell = cell(length);
        seal(cell, length);
        for (long at = PAYLOAD; at < PAYLOAD + length; at++) assertNoticed(cell, at, length);
    }

    @Test
    void aFlippedBitAnywhereInALargePayloadIsNoticed() {
        int length = (1 << 20) + 5;
        MemorySegment cell = cell(length);
        seal(cell, length);
        for (long at : new long[] {0, 8191, 8192, 16383, 65_535, 65_536, 524_288, length - 1}) {
            assertNoticed(cell, PAYLOAD + at, length);
        }
    }

    @Test
    void everyFlippedBitOfTheTagIsNoticed() {
        MemorySegment cell = cell(40);
        seal(cell, 40);
        for (int i = 0; i < provider.tagBytes(); i++) assertNoticed(cell, tagOf(40) + i, 40);
    }

    private void assertNoticed(MemorySegment cell, long at, int length) {
        byte before = cell.get(ValueLayout.JAVA_BYTE, at);
        for (int bit = 0; bit < 8; bit++) {
            cell.set(ValueLayout.JAVA_BYTE, at, (byte) (before ^ 1 << bit));
            assertFalse(verify(cell, length), "offset=" + at + ", bit=" + bit + ", length=" + length);
        }
        cell.set(ValueLayout.JAVA_BYTE, at, before);
        assertTrue(verify(cell, length));
    }

    @Test
    void everyFlippedBitOfThePrefixIsNoticed() {
        MemorySegment cell = cell(40);
        seal(cell, 40);
        for (int bit = 0; bit < 8 * prefix.length; bit++) {
            prefix[bit / 8] ^= (byte) (1 << bit % 8);
            assertFalse(verify(cell, 40), "bit=" + bit);
            prefix[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertTrue(verify(cell, 40));
    }

    @Test
    void anotherLengthIsNoticed() {
        for (int length : new int[] {0, 1, 32, 8192, 8193}) {
            MemorySegment cell = cell(length + 8);
            long tag = tagOf(length + 8);
            sealer.seal(prefix, cell, PAYLOAD, length, cell, tag);
            assertFalse(sealer.verify(prefix, cell, PAYLOAD, length + 1, cell, tag), "longer than " + length);
            assertFalse(length > 0 && sealer.verify(prefix, cell, PAYLOAD, length - 1, cell, tag), "shorter");
            assertTrue(sealer.verify(prefix, cell, PAYLOAD, length, cell, tag));
        }
    }

    @Test
    void anUnsealedCellIsNotTakenForASealedOne() {
        for (int length : new int[] {0, 1, 40}) {
            MemorySegment cell = cell(length);
            assertFalse(verify(cell, length), "length=" + length);
            cell.fill((byte) 0);
            assertFalse(verify(cell, length), "all zero, length=" + length);
        }
    }

    @Test
    void sealingWritesTheTagAndNothingElse() {
        for (int length : new int[] {0, 1, 33, 8193}) {
            MemorySegment cell = cell(length);
            byte[] before = cell.toArray(ValueLayout.JAVA_BYTE);
            byte[] covered = prefix.clone();
            seal(cell, length);
            byte[] after = cell.toArray(ValueLayout.JAVA_BYTE);
            assertArrayEquals(covered, prefix);
            int tag = (int) tagOf(length);
            assertFalse(Arrays.equals(before, tag, tag + provider.tagBytes(), after, tag, tag + provider.tagBytes()));
            System.arraycopy(before, tag, after, tag, provider.tagBytes());
            assertArrayEquals(before, after, "length=" + length);
        }
    }

    @Test
    void verifyingWritesNothing() {
        MemorySegment cell = cell(100);
        seal(cell, 100);
        byte[] before = cell.toArray(ValueLayout.JAVA_BYTE);
        assertTrue(verify(cell, 100));
        cell.set(ValueLayout.JAVA_BYTE, PAYLOAD, (byte) ~before[(int) PAYLOAD]);
        assertFalse(verify(cell, 100), "and repairs nothing");
        cell.set(ValueLayout.JAVA_BYTE, PAYLOAD, before[(int) PAYLOAD]);
        assertArrayEquals(before, cell.toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    void readOnlySegmentsAreVerifiedAndReadOnlyPayloadsSealed() {
        MemorySegment cell = cell(100);
        MemorySegment readOnly = cell.asReadOnly();
        sealer.seal(prefix, readOnly, PAYLOAD, 100, cell, tagOf(100));
        assertTrue(sealer.verify(prefix, readOnly, PAYLOAD, 100, readOnly, tagOf(100)));
    }

    @Test
    void aTagDependsOnTheBytesAndNotOnWhereTheyStand() {
        MemorySegment cell = cell(100);
        seal(cell, 100);
        MemorySegment copy = arena.allocate(4096, 8);
        MemorySegment.copy(cell, PAYLOAD, copy, 5, 100);
        assertTrue(sealer.verify(prefix, copy, 5, 100, cell, tagOf(100)), "a private copy");
        byte[] heap = cell.asSlice(PAYLOAD, 100).toArray(ValueLayout.JAVA_BYTE);
        assertTrue(sealer.verify(prefix, MemorySegment.ofArray(heap), 0, 100, cell, tagOf(100)), "on the heap");
    }

    @Test
    void oneHandlesSealIsAnothersVerdict() {
        MemorySegment cell = cell(100);
        seal(cell, 100);
        IntegrityProvider.Sealer another = sealer(provider());
        assertTrue(another.verify(prefix, cell, PAYLOAD, 100, cell, tagOf(100)));
    }

    /// The key of a sealer is that of one block and one epoch. Without keys all tags are alike: the
    /// prefix says which block and epoch a slot is of.
    @Test
    void sealersOfAnotherBlockOrEpochHaveAnotherKeyIfThereAreKeys() {
        MemorySegment cell = cell(100);
        seal(cell, 100);
        long key = provider.keyId();
        for (IntegrityProvider.Sealer other : List.of(
                provider.sealer(BLOCK_HIGH + 1, BLOCK_LOW, EPOCH, key),
                provider.sealer(BLOCK_HIGH, BLOCK_LOW + 1, EPOCH, key),
                provider.sealer(BLOCK_LOW, BLOCK_HIGH, EPOCH, key),
                provider.sealer(BLOCK_HIGH, BLOCK_LOW, EPOCH + 1, key),
                provider.sealer(BLOCK_HIGH, BLOCK_LOW, EPOCH + 256, key),
                provider.sealer(BLOCK_HIGH, BLOCK_LOW, EPOCH + (1L << 32), key))) {
            assertEquals(key == 0, other.verify(prefix, cell, PAYLOAD, 100, cell, tagOf(100)));
        }
        assertTrue(verify(cell, 100));
    }

    @Test
    void thereIsNoSealerForAKeyThatIsNotHeld() {
        long key = provider.keyId();
        for (long other : new long[] {0, 1, -1, key + 1, key ^ 1L << 63}) {
            if (other == key) continue;
            assertEquals(key == 0, provider.sealer(BLOCK_HIGH, BLOCK_LOW, EPOCH, other) != null, "key id " + other);
        }
    }

    /// A provider with state that its sealers share would mix up their slots.
    @Test
    void sealersOfTwoThreadsDoNotDisturbEachOther() throws InterruptedException {
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        CountDownLatch together = new CountDownLatch(2);
        List<Thread> threads = IntStream.range(0, 2)
                .mapToObj(i -> {
                    int length = 1000 + i;
                    MemorySegment cell = cell(length);
                    byte[] own = bytes(PREFIX_BYTES);
                    sealer(provider).seal(own, cell, PAYLOAD, length, cell, tagOf(length));
                    byte[] tag = tag(cell, length);
                    return Thread.ofPlatform().start(() -> {
                        IntegrityProvider.Sealer mine = sealer(provider);
                        together.countDown();
                        for (int round = 0; round < 20_000 && failures.isEmpty(); round++) {
                            mine.seal(own, cell, PAYLOAD, length, cell, tagOf(length));
                            if (!Arrays.equals(tag, tag(cell, length))) failures.add("other tag in round " + round);
                            if (!mine.verify(own, cell, PAYLOAD, length, cell, tagOf(length))) {
                                failures.add("not verified in round " + round);
                            }
                        }
                    });
                })
                .toList();
        for (Thread thread : threads) assertTrue(thread.join(Duration.ofSeconds(60)), "hangs");
        assertEquals(List.of(), List.copyOf(failures));
    }

    private byte[] tag(MemorySegment cell, long length) {
        return cell.asSlice(tagOf(length), provider.tagBytes()).toArray(ValueLayout.JAVA_BYTE);
    }

    /// Zero bytes a call once it is compiled. The compiler's own doings may cost a round; a
    /// provider that
    /// allocates has no round without.
    @ParameterizedTest
    @ValueSource(ints = {0, 64, 20_000})
    void sealingAndVerifyingAllocateNothing(int length) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        MemorySegment cell = cell(length);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 100 && least > 4_000L * garbageBytes(); round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 2_000; i++) {
                seal(cell, length);
                if (!verify(cell, length)) throw new AssertionError("not verified");
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(least <= 4_000L * garbageBytes(), "bytes in 2000 seals and verifications: " + least);
    }
}
