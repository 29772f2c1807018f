package org.datahub.api;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.datahub.api.keys.KeyLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockSpecTest {
    private static final BlockSpec SPEC = BlockSpec.named("camera");

    @Test
    void whatIsNotNamedIsLeftToTheBlock() {
        assertEquals("camera", SPEC.name());
        assertEquals(BlockSpec.UNSET, SPEC.slotBytes());
        assertEquals(BlockSpec.UNSET, SPEC.slots());
        assertEquals(BlockSpec.UNSET, SPEC.batch());
        assertNull(SPEC.policy());
        assertNull(SPEC.integrity());
        assertNull(SPEC.allocator());
    }

    /// Each method changes the component of its name and no other: copies by position are easily
    /// mixed up.
    @Test
    void eachMethodChangesItsOwnComponentOnly() {
        onlyChanges("slotBytes", spec -> spec.slotBytes(77), 77L);
        onlyChanges("slots", spec -> spec.slots(77), 77L);
        onlyChanges("slots", BlockSpec::single, 1L);
        onlyChanges("slots", BlockSpec::doubleBuffer, 2L);
        onlyChanges("slots", spec -> spec.ring(77), 77L);
        onlyChanges("batch", spec -> spec.batch(3), 3);
        onlyChanges("policy", spec -> spec.policy(SyncPolicy.SEQUENTIAL), SyncPolicy.SEQUENTIAL);
        onlyChanges("align", spec -> spec.align(128), 128);
        onlyChanges("timestamps", spec -> spec.timestamps(Timestamps.COARSE), Timestamps.COARSE);
        onlyChanges("participants", spec -> spec.participants(9), 9);
        onlyChanges("pins", spec -> spec.pins(5), 5);
        onlyChanges("integrity", spec -> spec.integrity("hmac-sha256"), "hmac-sha256");
        onlyChanges("integrityMode", spec -> spec.integrityMode(IntegrityMode.MANUAL), IntegrityMode.MANUAL);
        onlyChanges("allocator", spec -> spec.allocator("file"), "file");
        onlyChanges("writeTimeout", spec -> spec.writeTimeout(Duration.ZERO), Duration.ZERO);
        onlyChanges("requireConsumer", spec -> spec.requireConsumer(false), false);
        onlyChanges("stall", spec -> spec.stall(Duration.ofSeconds(3), StallPolicy.FAIL), Duration.ofSeconds(3));
        onlyChanges("stallPolicy", spec -> spec.stall(Duration.ofSeconds(2), StallPolicy.EVICT), StallPolicy.EVICT);
        onlyChanges("locks", spec -> spec.locks(9), 9);
        onlyChanges(
                "zones",
                spec -> spec.zone("more", 8, 0, "AB".repeat(32)),
                List.of(new ZoneSpec("setup", 64, 1), new ZoneSpec("more", 8, 0, "ab".repeat(32))));
        onlyChanges("handover", spec -> spec.handover(Duration.ZERO), Duration.ZERO);
        onlyChanges("waiting", spec -> spec.waiting(Waiting.SPIN), Waiting.SPIN);
    }

    private static void onlyChanges(String name, UnaryOperator<BlockSpec> change, Object value) {
        BlockSpec full = new BlockSpec(
                "camera",
                4096,
                48,
                1,
                SyncPolicy.LATEST_ONLY,
                64,
                Timestamps.NONE,
                4,
                2,
                "crc32c",
                IntegrityMode.ENFORCED,
                "shm",
                Duration.ofSeconds(1),
                Waiting.BACKOFF,
                Duration.ofSeconds(2),
                StallPolicy.FAIL,
                true,
                List.of(new ZoneSpec("setup", 64, 1)),
                7,
                new KeyLimits(9, Duration.ofHours(1)),
                Duration.ofSeconds(4));
        BlockSpec changed = change.apply(full);
        for (var component : BlockSpec.class.getRecordComponents()) {
            Object before = assertDoesNotThrow(() -> component.getAccessor().invoke(full));
            Object after = assertDoesNotThrow(() -> component.getAccessor().invoke(changed));
            assertEquals(component.getName().equals(name) ? value : before, after, component.getName());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 1L << 31, Long.MAX_VALUE})
    void slotSizesOutsideOneToTwoGigabytesAreRefused(long bytes) {
        refused("slotBytes=" + bytes, () -> SPEC.slotBytes(bytes));
        assertEquals(Integer.MAX_VALUE, SPEC.slotBytes(Integer.MAX_VALUE).slotBytes());
    }

    @Test
    void aZoneWhoseNameHasAControlCharacterIsRefused() {
        refused("name=a?b", () -> SPEC.zone("a\nb", 8, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE})
    void capacitiesThatCannotBeAreRefused(long slots) {
        refused("slots=" + slots, () -> SPEC.slots(slots));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1, 31, 33, 48, 8192, Integer.MIN_VALUE})
    void alignmentsAreThePowersOfTwoFrom32To4096(int align) {
        refused("align=" + align, () -> SPEC.align(align));
        for (int good : List.of(32, 64, 128, 4096))
            assertEquals(good, SPEC.align(good).align());
    }

    @Test
    void everyOtherNumberHasItsLimitsToo() {
        refused("ring=2", () -> SPEC.ring(2));
        refused("batch=0", () -> SPEC.batch(0));
        refused("batch=4", () -> SPEC.slots(3).batch(4));
        refused("participants=1025", () -> SPEC.participants(1025));
        refused("participants=0", () -> SPEC.participants(0));
        refused("pins=17", () -> SPEC.pins(17));
        refused("locks=1025", () -> SPEC.locks(1025));
        refused("bytes=16777217", () -> SPEC.zone("setup", (16 << 20) + 1, 0));
        refused("fields=4097", () -> SPEC.zone("setup", 8, 4097));
        refused("fields=0", () -> SPEC.zone("setup", 0, 0));
        refused("bytes=0", () -> SPEC.zone("", 8, 0));
        refused("schema_hash=abc", () -> SPEC.zone("setup", 8, 0, "abc"));
        refused("schema_hash=zz", () -> SPEC.zone("setup", 8, 0, "z".repeat(64)));
        refused("schema_hash=00", () -> SPEC.zone("setup", 8, 0, "0".repeat(64)));
        refused("two zones of one name", () -> SPEC.zone("setup", 8, 0).zone("setup", 8, 0));
        refused("stall=PT-1S", () -> SPEC.stall(Duration.ofSeconds(-1), StallPolicy.EVICT));
        refused("writeTimeout=PT-1S", () -> SPEC.writeTimeout(Duration.ofSeconds(-1)));
    }

    private static void refused(String value, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(value), message);
    }

    @Test
    void aNullIsRefusedWhereItStands() {
        assertThrows(NullPointerException.class, () -> BlockSpec.named(null));
        assertThrows(NullPointerException.class, () -> SPEC.policy(null));
        assertThrows(NullPointerException.class, () -> SPEC.waiting(null));
        assertThrows(NullPointerException.class, () -> SPEC.writeTimeout(null));
    }

    @Test
    void aCapacityHasOneBufferPolicy() {
        for (long slots : new long[] {1, 2, 3, 4, 1000}) {
            List<BufferPolicy> allowing = Arrays.stream(BufferPolicy.values())
                    .filter(policy -> policy.allows(slots))
                    .toList();
            assertEquals(List.of(BufferPolicy.of(slots)), allowing, "slots=" + slots);
        }
        assertEquals(BufferPolicy.SINGLE, BufferPolicy.of(1));
        assertEquals(BufferPolicy.DOUBLE_BUFFER, BufferPolicy.of(2));
        assertEquals(BufferPolicy.RING_BUFFER, BufferPolicy.of(3));
        for (BufferPolicy policy : BufferPolicy.values()) assertTrue(!policy.allows(0) && !policy.allows(-1));
    }
}
