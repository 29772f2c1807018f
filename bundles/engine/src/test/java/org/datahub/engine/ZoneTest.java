package org.datahub.engine;

import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.FlexibleZone;
import org.datahub.api.SharedLock;
import org.datahub.api.ZoneSpec;
import org.datahub.api.layout.Words;
import org.datahub.api.layout.ZoneHeader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Small shared state beside the slots.
@Deadline
class ZoneTest {
    private static final Duration NOW = Duration.ZERO;
    private static final int BYTES = 1024;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private DataBlockProducer out;
    private DataBlockConsumer in;

    @BeforeEach
    void aBlockWithTwoZones() {
        out = hub.closing(hub.hub()
                .create(BlockSpec.named("zones")
                        .slotBytes(64)
                        .slots(4)
                        .zone("setup", BYTES, 4)
                        .zone("flags", 0, 2)));
        in = hub.closing(hub.hub().attach("zones", ConsumerSpec.observer()));
    }

    private static void fill(MemorySegment snapshot, long value) {
        for (long at = 0; at < snapshot.byteSize(); at += 8) snapshot.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
    }

    private static long uniform(MemorySegment snapshot) {
        long first = snapshot.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        for (long at = 8; at < snapshot.byteSize(); at += 8) {
            assertEquals(first, snapshot.get(ValueLayout.JAVA_LONG_UNALIGNED, at), "torn at " + at);
        }
        return first;
    }

    @Test
    void everyParticipantReadsWhatAnyParticipantPublished() {
        assertEquals(List.of("setup", "flags"), in.zones());
        MemorySegment copy = MemorySegment.ofArray(new long[BYTES / 8]);
        assertEquals(0, in.zone("setup").read(copy));
        assertEquals(1, in.zone("setup").publish(NOW, snapshot -> fill(snapshot, 7)));
        assertEquals(1, out.zone("setup").read(copy));
        assertEquals(7, uniform(copy));
        out.zone("setup").publish(NOW, snapshot -> {
            assertEquals(7, uniform(snapshot));
            fill(snapshot, 8);
        });
        assertEquals(2, in.zone("setup").read(copy));
        assertEquals(8, uniform(copy));
    }

    @Test
    void aSnapshotWhoseEditThrowsIsDropped() {
        MemorySegment copy = MemorySegment.ofArray(new long[BYTES / 8]);
        out.zone("setup").publish(NOW, snapshot -> fill(snapshot, 1));
        assertThrows(
                ArithmeticException.class,
                () -> out.zone("setup").publish(NOW, snapshot -> {
                    fill(snapshot, 2);
                    throw new ArithmeticException();
                }));
        assertEquals(1, in.zone("setup").read(copy));
        assertEquals(1, uniform(copy));
        assertEquals(2, in.zone("setup").publish(NOW, snapshot -> fill(snapshot, 3)));
    }

    @Test
    void writersTakeTurnsAndTheSecondTimesOut() {
        out.zone("setup").publish(NOW, snapshot -> {
            DataHubException waited = assertThrows(
                    DataHubException.class, () -> in.zone("setup").publish(Duration.ofMillis(5), other -> {}));
            assertEquals(ErrorCode.LOCK_TIMEOUT, waited.code());
        });
        assertEquals(2, in.zone("setup").publish(NOW, snapshot -> {}));
    }

    @Test
    void aWriterThatDiedInTheOtherHalfLeavesTheSnapshotIntact() {
        out.zone("setup").publish(NOW, snapshot -> fill(snapshot, 1));
        Block block = hub.block("zones", Block.Use.PRODUCE);
        long other = ZoneHeader.half(block.shared.zone(0), 4, BYTES, 2);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment half = arena.allocate(BYTES / 2);
            fill(half, 99);
            Words.copy(half, 0, block.control, other, BYTES / 2);
        }
        MemorySegment copy = MemorySegment.ofArray(new long[BYTES / 8]);
        in.zone("setup").read(copy);
        assertEquals(1, uniform(copy));
        in.zone("setup").publish(NOW, snapshot -> assertEquals(1, uniform(snapshot)));
        in.zone("setup").read(copy);
        assertEquals(1, uniform(copy));
    }

    @Test
    void readersUnderLoadSeeWholeSnapshotsOnly() {
        Background<Long> reader = Background.run(() -> {
            MemorySegment copy = MemorySegment.ofArray(new long[BYTES / 8]);
            long last = 0;
            while (last < 20_000) {
                long generation = in.zone("setup").read(copy);
                assertEquals(generation, uniform(copy));
                assertTrue(generation >= last);
                last = generation;
            }
            return last;
        });
        FlexibleZone zone = out.zone("setup");
        for (long n = 1; n <= 20_000; n++) {
            long value = n;
            zone.publish(HubFixture.SOON, snapshot -> fill(snapshot, value));
        }
        assertEquals(20_000, reader.result());
    }

    @Test
    void aCloseWhileASnapshotIsEditedLetsItBePublishedAndTheLockGo() {
        FlexibleZone zone = in.zone("setup");
        long generation = zone.publish(NOW, snapshot -> {
            Background.run(() -> {
                        in.close();
                        return true;
                    })
                    .result();
            fill(snapshot, 7);
        });
        MemorySegment copy = MemorySegment.ofArray(new long[BYTES / 8]);
        assertEquals(generation, out.zone("setup").read(copy));
        assertEquals(7, uniform(copy));
        assertRefused(ErrorCode.HANDLE_CLOSED, () -> zone.publish(NOW, snapshot -> {}));
        assertEquals(generation + 1, out.zone("setup").publish(NOW, snapshot -> {}));
    }

    @Test
    void anEditThatClosesItsOwnHandlePublishesNothing() {
        FlexibleZone zone = in.zone("setup");
        assertRefused(ErrorCode.HANDLE_CLOSED, () -> zone.publish(NOW, snapshot -> in.close()));
        assertEquals(0, out.zone("setup").generation());
    }

    @Test
    void anEditWithinAnEditIsRefusedAndTheOuterOneHolds() {
        FlexibleZone zone = in.zone("setup");
        zone.publish(NOW, snapshot -> {
            fill(snapshot, 3);
            assertThrows(IllegalStateException.class, () -> zone.publish(NOW, inner -> fill(inner, 4)));
        });
        MemorySegment copy = MemorySegment.ofArray(new long[BYTES / 8]);
        assertEquals(1, zone.read(copy));
        assertEquals(3, uniform(copy));
    }

    @Test
    void theLocksOfAClosedHandleSayThatItIsClosed() {
        SharedLock lock = in.lock(0);
        lock.lock(NOW);
        in.close();
        assertRefused(ErrorCode.HANDLE_CLOSED, lock::unlock);
        assertRefused(ErrorCode.HANDLE_CLOSED, lock::declareConsistent);
    }

    @Test
    void whoCountsUpWithoutEndHoldsNobodyForEver() {
        try (DataBlockProducer large =
                hub.hub().create(BlockSpec.named("large").slotBytes(64).slots(4).zone("setup", 65_536, 1))) {
            Block block = hub.block("large", Block.Use.PRODUCE);
            long generation = block.shared.zone(0) + ZoneHeader.GENERATION;
            AtomicBoolean enough = new AtomicBoolean();
            // Several, so that on a machine with much else to do one of them runs while the zone is copied.
            List<Background<Long>> hostile = Stream.generate(() -> Background.run(() -> {
                        long count = 0;
                        while (!enough.get()) Words.add(block.control, generation, ++count);
                        return count;
                    }))
                    .limit(4)
                    .toList();
            hub.kernel.hurries = true;
            FlexibleZone zone = large.zone("setup");
            MemorySegment copy = MemorySegment.ofArray(new long[65_536 / 8]);
            HubFixture.eventually(() -> refused(() -> zone.read(copy)));
            HubFixture.eventually(() -> refused(() -> zone.publish(NOW, snapshot -> {})));
            enough.set(true);
            for (Background<Long> each : hostile) assertTrue(each.result() > 0);
            zone.read(copy);
        }
    }

    private static boolean refused(Runnable call) {
        try {
            call.run();
            return false;
        } catch (DataHubException e) {
            assertEquals(ErrorCode.LOCK_TIMEOUT, e.code());
            return true;
        }
    }

    @Test
    void fieldsChangeOneByOneWhoeverWritesThem() {
        FlexibleZone mine = out.zone("flags");
        FlexibleZone theirs = in.zone("flags");
        mine.set(0, 5);
        assertEquals(5, theirs.get(0));
        assertEquals(8, theirs.add(0, 3));
        assertFalse(mine.replace(0, 5, 6));
        assertTrue(mine.replace(0, 8, 6));
        assertEquals(6, theirs.get(0));
        assertEquals(0, theirs.get(1));
        assertEquals(3, theirs.changes());
        assertThrows(IllegalArgumentException.class, () -> mine.get(2));
    }

    @Test
    void aSleeperWakesWhenTheZoneChanges() {
        FlexibleZone theirs = in.zone("flags");
        assertFalse(theirs.awaitChange(theirs.changes(), NOW));
        int seen = theirs.changes();
        Background<Boolean> sleeper = Background.run(() -> theirs.awaitChange(seen, HubFixture.SOON));
        out.zone("flags").set(1, 1);
        assertTrue(sleeper.result());
    }

    @Test
    void aZoneSurvivesItsProducer() {
        out.zone("flags").set(0, 42);
        out.close();
        DataBlockProducer next = hub.closing(hub.hub().create(BlockSpec.named("zones")));
        assertEquals(42, next.zone("flags").get(0));
    }

    @Test
    void aSchemaHashIsToldAndAnotherIsRefusedNamingBoth() {
        String hash = "0123456789abcdef".repeat(4);
        String other = "f".repeat(64);
        BlockSpec spec = BlockSpec.named("typed").slotBytes(64).slots(4);
        hub.closing(hub.hub().create(spec.zone("setup", 64, 1, hash).zone("flags", 0, 1)))
                .close();
        DataBlockConsumer reader = hub.closing(hub.hub().attach("typed", ConsumerSpec.observer()));
        assertEquals(hash, reader.zone("setup").schemaHash());
        assertEquals("", reader.zone("flags").schemaHash());
        assertEquals(hash, reader.zone("setup", hash.toUpperCase(Locale.ROOT)).schemaHash());
        assertEquals("flags", reader.zone("flags", "").name());
        assertNames(
                assertRefused(ErrorCode.SCHEMA_REFUSED, () -> reader.zone("setup", other)), hash, other, "zone=setup");
        assertNames(assertRefused(ErrorCode.SCHEMA_REFUSED, () -> reader.zone("setup", "")), hash, "expected=none");
        assertNames(
                assertRefused(ErrorCode.SCHEMA_REFUSED, () -> reader.zone("flags", hash)), "schema_hash=none", hash);
        assertThrows(IllegalArgumentException.class, () -> reader.zone("setup", "abc"));
        assertEquals(
                List.of(new ZoneSpec("setup", 64, 1, hash), new ZoneSpec("flags", 0, 1)),
                hub.hub().info("typed").zones());
    }

    @Test
    void aProducerThatAsksForOtherZonesIsRefusedNamingBoth() {
        String hash = "ab".repeat(32);
        String other = "cd".repeat(32);
        BlockSpec spec = BlockSpec.named("typed");
        hub.closing(hub.hub().create(spec.slotBytes(64).slots(4).zone("setup", 64, 1, hash)))
                .close();
        assertNames(
                assertRefused(ErrorCode.GEOMETRY_REFUSED, () -> hub.hub().create(spec.zone("setup", 64, 1, other))),
                "zone.setup=64:1:" + hash + " (asked 64:1:" + other + ")");
        assertNames(
                assertRefused(ErrorCode.GEOMETRY_REFUSED, () -> hub.hub().create(spec.zone("setup", 128, 1))),
                "asked 128:1:none");
        assertNames(
                assertRefused(
                        ErrorCode.GEOMETRY_REFUSED,
                        () -> hub.hub().declare(spec.slots(5).zone("more", 8, 2))),
                "slots=4 (asked 5), zone.more=none (asked 8:2:none)");
        hub.closing(hub.hub().create(spec.zone("setup", 64, 1, hash))).close();
        hub.closing(hub.hub().create(spec.zone("setup", 64, 1))).close();
    }

    @Test
    void aZoneThatIsNotThereIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> in.zone("other"));
    }
}
