package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.HubFixture.eventually;
import static org.datahub.engine.Marked.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.datahub.api.BlockSpec;
import org.datahub.api.BufferPolicy;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;
import org.datahub.api.ProducerState;
import org.datahub.api.Slot;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Deadline
class HandleTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(5).slotBytes(64).writeTimeout(SOON);

    private static void assertReads(DataBlockConsumer in, long n) {
        Marked.read(in, n, SOON);
    }

    @ParameterizedTest
    @CsvSource({"1, SINGLE", "2, DOUBLE_BUFFER", "3, RING_BUFFER", "48, RING_BUFFER"})
    void theBufferPolicyIsTheNameOfTheCapacity(long slots, BufferPolicy buffer) {
        for (SyncPolicy policy : List.of(SyncPolicy.SEQUENTIAL, SyncPolicy.SEQUENTIAL_SYNC)) {
            try (DataBlockProducer out =
                            hub.hub().create(spec.slots(slots).policy(policy).writeTimeout(Duration.ZERO));
                    DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless())) {
                assertEquals(buffer, hub.hub().info("b").buffer());
                assertEquals(slots, out.slots());
                for (long i = 0; i < slots; i++) {
                    assertEquals(Claim.CLAIMED, out.claim(Duration.ZERO));
                    out.commit(0, i);
                }
                assertEquals(Claim.FULL, out.claim(Duration.ZERO));
                for (long i = 0; i < slots; i++) assertReads(in, i);
            }
            hub.hub().remove("b");
        }
    }

    @Test
    void aSlotIsClaimedFilledAndCommittedWithoutAView() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        assertEquals(Claim.CLAIMED, out.claim(SOON));
        assertEquals(0, out.next());
        out.segment().set(ValueLayout.JAVA_LONG, out.offset(), 4711);
        out.commit(8);
        assertEquals(1, out.next());
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertEquals(8, in.length());
        assertEquals(4711, in.segment().get(ValueLayout.JAVA_LONG, in.offset()));
        assertTrue(in.segment().isReadOnly());
        assertTrue(in.intact());
        assertFalse(in.bad());
        assertTrue(in.release());
    }

    @Test
    void anAbortGivesTheNumberBack() {
        DataBlockProducer out = hub.hub().create(spec);
        for (int i = 0; i < 20; i++) {
            assertEquals(Claim.CLAIMED, out.claim(Duration.ZERO));
            out.abort();
            assertEquals(0, out.next());
        }
        write(out, 1);
        assertEquals(1, hub.hub().info("b").next());
    }

    @Test
    void callsThatNeedASlotAreRefusedWithoutOne() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        for (Executable call : List.<Executable>of(
                out::offset,
                () -> out.commit(0),
                out::abort,
                in::segment,
                in::offset,
                in::length,
                in::timestamp,
                in::user,
                in::bad,
                in::verify,
                in::intact,
                in::release)) {
            assertThrows(IllegalStateException.class, call);
        }
        assertEquals(Claim.CLAIMED, out.claim(Duration.ZERO));
        assertThrows(IllegalStateException.class, () -> out.claim(Duration.ZERO));
        out.commit(0);
        assertThrows(IllegalStateException.class, () -> out.commit(0));
        assertThrows(IllegalStateException.class, out::abort);
        assertEquals(1, out.next());
    }

    @Test
    void aLengthOutOfRangeIsRefusedAndTheClaimStays() {
        DataBlockProducer out = hub.hub().create(spec);
        assertEquals(Claim.CLAIMED, out.claim(Duration.ZERO));
        for (long length : new long[] {-1, 65, Long.MAX_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> out.commit(length));
        }
        out.commit(64);
        assertEquals(1, out.next());
    }

    @Test
    void aZeroTimeoutTriesOnce() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
        write(out, 5);
        assertEquals(Claim.FULL, out.claim(Duration.ZERO));
        assertReads(in, 0);
        assertEquals(Claim.CLAIMED, out.claim(Duration.ZERO));
        out.abort();
        for (int i = 1; i < 5; i++) assertReads(in, i);
        assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
    }

    @Test
    void aNegativeTimeoutIsOverAtOnce() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        assertEquals(Next.TIMEOUT, in.next(Duration.ofSeconds(-1)));
        write(out, 5);
        assertEquals(Claim.FULL, out.claim(Duration.ofSeconds(-1)));
    }

    @Test
    void theLongestDurationIsNoTimeInThePast() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
        long before = hub.kernel.clockReads.sum();
        Background<Next> waiting = Background.run(() -> in.next(longest));
        awaitLooks(before);
        assertTrue(waiting.running());
        write(out, 1);
        assertEquals(Next.SLOT, waiting.result());
        write(out, 4);
        long again = hub.kernel.clockReads.sum();
        Background<Claim> gated = Background.run(() -> out.claim(longest));
        awaitLooks(again);
        assertTrue(gated.running());
        Background<Boolean> release = Background.run(in::release);
        assertTrue(release.result());
        assertEquals(Claim.CLAIMED, gated.result());
    }

    private void awaitLooks(long before) {
        eventually(() -> hub.kernel.clockReads.sum() > before + 20);
    }

    @Test
    void aReadShowsTheSlotAndReleasesItAfterwards() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        out.write(tx -> tx.payload().set(ValueLayout.JAVA_BYTE, 2, (byte) 5));
        AtomicReference<Slot> leaked = new AtomicReference<>();
        AtomicReference<MemorySegment> payload = new AtomicReference<>();
        assertEquals(Next.SLOT, in.read(Duration.ZERO, slot -> {
            assertEquals(0, slot.number());
            assertEquals(64, slot.length());
            assertTrue(slot.intact());
            assertTrue(slot.verify());
            assertFalse(slot.bad());
            assertEquals(5, slot.payload().get(ValueLayout.JAVA_BYTE, 2));
            assertEquals(64, slot.payload().byteSize());
            assertSame(slot.payload(), slot.payload());
            assertTrue(slot.payload().isReadOnly());
            leaked.set(slot);
            payload.set(slot.payload());
        }));
        assertEquals(1, in.received());
        assertEquals(0, in.lag());
        assertThrows(IllegalStateException.class, () -> payload.get().get(ValueLayout.JAVA_BYTE, 2));
        for (Executable call : List.<Executable>of(
                leaked.get()::payload,
                leaked.get()::length,
                leaked.get()::timestamp,
                leaked.get()::user,
                leaked.get()::intact,
                leaked.get()::bad,
                leaked.get()::verify)) {
            assertThrows(IllegalStateException.class, call);
        }
        assertEquals(Next.TIMEOUT, in.read(Duration.ZERO, slot -> {
            throw new AssertionError("nothing to read");
        }));
    }

    @Test
    void aSlotWhoseBodyThrowsIsReleasedLikeAnyOther() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 2);
        RuntimeException broken = new RuntimeException("broken");
        assertSame(
                broken,
                assertThrows(
                        RuntimeException.class,
                        () -> in.read(Duration.ZERO, slot -> {
                            throw broken;
                        })));
        assertEquals(1, in.received());
        assertReads(in, 1);
    }

    @Test
    void aPayloadIsItsReadersAlone() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 2);
        assertEquals(Next.SLOT, in.read(Duration.ZERO, slot -> {
            Throwable refused = Background.run(slot::payload).failure();
            assertEquals(WrongThreadException.class, refused.getClass());
        }));
        assertReads(in, 1);
    }

    @Test
    void nextReleasesWhatIsStillHeld() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 5);
        for (int i = 0; i < 5; i++) {
            assertEquals(Next.SLOT, in.next(Duration.ZERO));
            assertEquals(i, in.number());
            assertEquals(i, in.received());
        }
        assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
        assertEquals(5, in.received());
    }

    @Test
    void aSlotThatIsLostInABodyIsAGapAndNotReceived() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 3);
        Block other = hub.block("b", Block.Use.PRODUCE);
        assertEquals(Next.GAP, in.read(Duration.ZERO, slot -> {
            Words.release(other.data, other.geometry.cellOf(0), 0);
            assertFalse(slot.intact());
        }));
        assertEquals("0..1", in.gapFrom() + ".." + in.gapTo());
        assertEquals(0, in.received());
        assertEquals(1, in.missed());
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        Words.release(other.data, other.geometry.cellOf(1), 77);
        assertEquals(Next.GAP, in.next(Duration.ZERO));
        assertEquals("1..2", in.gapFrom() + ".." + in.gapTo());
        assertReads(in, 2);
        assertEquals(1, in.received());
        assertEquals(2, in.missed());
    }

    @Test
    void receivedAndMissedAreAllThatWasPublished() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.observer());
        long seen = 0;
        for (int round = 0; round < 40; round++) {
            write(out, round % 13);
            for (int look = 0; look < round % 7; look++) {
                switch (in.next(Duration.ZERO)) {
                    case SLOT -> assertEquals(seen++, in.number());
                    case GAP -> {
                        assertEquals(seen, in.gapFrom());
                        seen = in.gapTo();
                    }
                    case TIMEOUT -> assertEquals(out.next(), seen);
                    case END -> throw new AssertionError("no end yet");
                }
            }
        }
        while (in.next(Duration.ZERO) != Next.TIMEOUT) {}
        assertEquals(out.next(), in.received() + in.missed());
        assertTrue(in.missed() > 0 && in.received() > 0);
    }

    @Test
    void consumersStartAtTheNextSlotOrAtTheOldest() {
        DataBlockProducer out = hub.hub().create(spec);
        write(out, 12);
        DataBlockConsumer latest = hub.hub().attach("b", ConsumerSpec.lossless());
        DataBlockConsumer oldest = hub.hub().attach("b", ConsumerSpec.lossless().from(StartFrom.OLDEST));
        assertEquals(12, latest.number());
        assertEquals(7, oldest.number());
        assertEquals(5, oldest.lag());
        assertReads(oldest, 7);
        write(out, 1);
        assertReads(latest, 12);
    }

    @Test
    void theEndOfTheStreamComesAfterItsLastSlotAndIsNoFarewell() {
        DataBlockProducer first = hub.hub().create(spec);
        DataBlockConsumer lossless = hub.hub().attach("b", ConsumerSpec.lossless());
        DataBlockConsumer observer = hub.hub().attach("b", ConsumerSpec.observer());
        assertEquals(ProducerState.ALIVE, lossless.producer());
        write(first, 2);
        first.close();
        assertEquals(ProducerState.ENDED, lossless.producer());
        for (DataBlockConsumer in : List.of(lossless, observer)) {
            assertReads(in, 0);
            assertReads(in, 1);
            assertEquals(Next.END, in.next(SOON));
            assertEquals(Next.END, in.next(SOON));
        }
        DataBlockProducer second = hub.hub().create(spec);
        assertEquals(Next.TIMEOUT, lossless.next(Duration.ZERO));
        write(second, 5);
        assertEquals(Claim.FULL, second.claim(Duration.ZERO));
        for (int i = 2; i < 7; i++) {
            assertReads(lossless, i);
            assertReads(observer, i);
        }
        second.close();
        assertEquals(Next.END, lossless.next(SOON));
        assertEquals(0, lossless.missed());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void theEndOfAStateBlockComesAfterItsNewestSlot(long slots) {
        DataBlockProducer out = hub.hub().create(spec.slots(slots).policy(SyncPolicy.LATEST_ONLY));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.pinned());
        write(out, 3);
        out.close();
        assertReads(in, 2);
        assertEquals(Next.END, in.next(SOON));
        DataBlockProducer second = hub.hub().create(spec.slots(slots));
        assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
        write(second, 1);
        assertReads(in, 3);
    }

    @Test
    void aBlockThatNobodyProducedIntoYetHasNoEnd() {
        hub.hub().declare(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        assertEquals(ProducerState.NONE, in.producer());
        assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
    }

    @Test
    void drainWaitsUntilTheLastLosslessConsumerReleasedTheLastSlot() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        assertTrue(out.drain(Duration.ZERO));
        write(out, 3);
        assertFalse(out.drain(Duration.ZERO));
        assertFalse(out.drain(Duration.ofMillis(2)));
        Background<Boolean> drain = Background.run(() -> out.drain(SOON));
        for (int i = 0; i < 3; i++) assertReads(in, i);
        assertTrue(drain.result());
    }

    @Test
    void drainMakesHeadExact() {
        DataBlockProducer out = hub.hub().create(spec.slots(64));
        write(out, 19);
        Block look = hub.block("b", Block.Use.LOOK);
        assertTrue(Words.acquire(look.data, DataLayout.HEAD) < 19);
        out.drain(Duration.ZERO);
        assertEquals(19, Words.acquire(look.data, DataLayout.HEAD));
    }

    @Test
    void aClosedGateMakesHeadExact() {
        DataBlockProducer out = hub.hub().create(spec.slots(50));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 50);
        Block look = hub.block("b", Block.Use.LOOK);
        assertTrue(Words.acquire(look.data, DataLayout.HEAD) < 50);
        assertEquals(Claim.FULL, out.claim(Duration.ZERO));
        assertEquals(50, Words.acquire(look.data, DataLayout.HEAD));
        assertEquals(50, in.lag());
    }

    @Test
    void unseenTellsWhatWasWrittenForNobody() {
        DataBlockProducer out = hub.hub().create(spec);
        write(out, 7);
        assertEquals(7, out.unseen());
        assertEquals(0, out.losslessConsumers());
        try (DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless())) {
            assertEquals(1, out.losslessConsumers());
            hub.hub().attach("b", ConsumerSpec.observer());
            assertEquals(1, out.losslessConsumers());
            write(out, 1);
            assertReads(in, 7);
        }
        assertEquals(0, out.losslessConsumers());
        assertEquals(7, out.unseen());
        write(out, 2);
        assertEquals(9, out.unseen());
    }

    @ParameterizedTest
    @EnumSource
    void theClockOfABlockStampsItsSlots(Timestamps timestamps) {
        DataBlockProducer out = hub.hub().create(spec.timestamps(timestamps));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        long before = timestamps == Timestamps.COARSE ? TestKernel.REAL.coarseNanos() : TestKernel.REAL.nanos();
        write(out, 1);
        long after = TestKernel.REAL.nanos();
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        if (timestamps == Timestamps.NONE) assertEquals(0, in.timestamp());
        else assertTrue(before <= in.timestamp() && in.timestamp() <= after, "at " + in.timestamp());
    }

    @Test
    void payloadsBeginWhereTheAlignmentSays() {
        for (int align : new int[] {32, 64, 256, 4096}) {
            try (DataBlockProducer out = hub.hub().create(spec.align(align).slotBytes(33));
                    DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless())) {
                for (int i = 0; i < 7; i++) {
                    out.claim(Duration.ZERO);
                    assertEquals(0, (out.segment().address() + out.offset()) % align);
                    out.commit(33);
                    assertEquals(Next.SLOT, in.next(Duration.ZERO));
                    assertEquals(0, (in.segment().address() + in.offset()) % align);
                }
            }
            hub.hub().remove("b");
        }
    }

    @Test
    void infoTellsWhatTheBlockIs() {
        DataBlockProducer out = hub.hub().create(spec);
        write(out, 8);
        var info = hub.hub().info("b");
        assertEquals("b", info.name());
        assertEquals(List.of("b"), hub.hub().list());
        assertEquals(8, info.next());
        assertEquals(3, info.oldest());
        assertEquals("crc32c", info.integrity());
        assertEquals("shm", info.allocator());
        assertEquals(1, info.generation());
        assertEquals(64, info.slotBytes());
        assertEquals(5, info.slots());
        assertEquals(1, info.batch());
        assertEquals(32, info.align());
        assertEquals(32, info.participants());
        assertEquals(Timestamps.EXACT, info.timestamps());
        assertEquals(SyncPolicy.SEQUENTIAL_SYNC, info.policy());
        assertEquals(ProducerState.ALIVE, info.producerState());
        assertEquals(32, info.blockId().length());
        eventually(() -> hub.hub().info("b").beatAgeNanos() >= 0);
    }

    @Test
    void beatsCarryTheCountersOfAConsumer() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.observer());
        write(out, 20);
        while (in.next(Duration.ZERO) != Next.TIMEOUT) {}
        eventually(() -> {
            var row = hub.hub().info("b").rows().getFirst();
            return row.received() == in.received() && row.missed() == in.missed();
        });
        assertEquals(20, in.received() + in.missed());
    }
}
