package org.datahub.engine;

import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.Delivery;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.SyncPolicy;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Deadline
class StateProtocolTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    @Test
    void readersGetTheNewestSlotAndEachSlotOnce() {
        StateRig rig = new StateRig(hub, 4, 1);
        StateRig.Peer pinned = rig.pinned();
        StateRig.Peer observer = rig.observer();
        pinned.seesNothing();
        observer.seesNothing();
        rig.write(3);
        pinned.reads(2);
        observer.reads(2);
        pinned.seesNothing();
        observer.seesNothing();
        rig.write();
        pinned.reads(3);
        observer.reads(3);
    }

    @Test
    void aBufferThatWasGivenUpIsTheNextOneUsed() {
        StateRig rig = new StateRig(hub, 4, 1);
        for (int round = 0; round < 7; round++) {
            rig.write();
            assertTrue(rig.writer.claim());
            long givenUp = rig.writer.cell();
            rig.writer.abort();
            assertTrue(rig.writer.claim());
            assertEquals(givenUp, rig.writer.cell());
            rig.writer.abort();
        }
        rig.assertNewestIntact(7);
    }

    @Test
    void aPinnedReaderReadsInPlaceAndAnObserverACopy() {
        StateRig rig = new StateRig(hub, 4, 1);
        StateRig.Peer pinned = rig.pinned();
        StateRig.Peer observer = rig.observer();
        rig.write();
        assertSame(pinned.block.data, pinned.holds(0).reader.segment());
        assertNotSame(observer.block.data, observer.holds(0).reader.segment());
    }

    @Test
    void theNewestSlotIsIntactAfterEveryStepOfEveryWrite() {
        StateRig rig = new StateRig(hub, 1, 1);
        for (long n = 0; n < 20; n++) {
            assertTrue(rig.writer.claim());
            rig.assertNewestIntact(n);
            Pattern.fillPayload(rig.block.data, rig.writer.cell(), n, 8);
            rig.assertNewestIntact(n);
            rig.fill();
            rig.assertNewestIntact(n);
            if (n % 3 == 0) {
                rig.writer.abort();
                rig.assertNewestIntact(n);
                assertTrue(rig.writer.claim());
                assertEquals(n, rig.writer.next());
                rig.fill();
            }
            rig.writer.commit();
            rig.assertNewestIntact(n + 1);
        }
    }

    @Test
    void theProducerNeverWaitsAndNeverWritesAPinnedBufferWithEveryRowPinned() {
        StateRig rig = new StateRig(hub, 8, 1);
        List<StateRig.Peer> readers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            rig.write();
            readers.add(rig.pinned().holds(i));
        }
        assertEquals(
                8,
                readers.stream()
                        .map(reader -> reader.reader.header())
                        .distinct()
                        .count());
        for (int write = 0; write < 2000; write++) {
            rig.write();
            for (int i = 0; i < 8; i++) readers.get(i).assertStillHolds(i);
        }
        for (StateRig.Peer reader : readers) assertTrue(reader.reader.release());
        readers.getFirst().reads(rig.writer.next() - 1);
    }

    @Test
    void thereAreBuffersForEveryPinOfEveryRow() {
        StateRig rig = new StateRig(hub, 3, 16);
        assertEquals(3 * 16 + 2, rig.geometry.cells());
        for (int row = 0; row < 3; row++) {
            for (int pin = 0; pin < 16; pin++) rig.pin(row, pin, row * 16 + pin + 1);
        }
        rig.write(200);
        assertTrue(SlotHeader.stamp(rig.block.data, rig.geometry.cell(47)) == 0);
        rig.assertNewestIntact(200);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 5000})
    void aPinOnABufferThatIsNotThereHoldsNothing(long word) {
        StateRig rig = new StateRig(hub, 2, 1);
        rig.pin(0, 0, word);
        rig.pin(1, 0, word);
        rig.write(50);
        rig.assertNewestIntact(50);
    }

    @Test
    void aPinThatMovesWhileItIsLookedAtNeverStopsTheProducer() {
        StateRig rig = new StateRig(hub, 1, 1);
        AtomicBoolean over = new AtomicBoolean();
        Background<Long> mover = Background.run(() -> {
            long moves = 0;
            for (; !over.get(); moves++) rig.pin(0, 0, moves % (rig.geometry.cells() + 1));
            return moves;
        });
        rig.write(200_000);
        over.set(true);
        assertTrue(mover.result() > 0);
        rig.assertNewestIntact(200_000);
    }

    @Test
    void aReleasedPinIsGone() {
        StateRig rig = new StateRig(hub, 2, 1);
        StateRig.Peer reader = rig.pinned();
        rig.write();
        reader.holds(0);
        assertEquals(DataLayout.bufferOf(rig.latest()) + 1, rig.pin(reader.row));
        reader.reader.release();
        assertEquals(0, rig.pin(reader.row));
        rig.write();
        reader.holds(1);
        reader.reader.putBack();
        assertEquals(0, rig.pin(reader.row));
        reader.reads(1);
    }

    @Test
    void aSlotWhosePinWasErasedIsLostWhenItsBufferIsWritten() {
        StateRig rig = new StateRig(hub, 1, 1);
        StateRig.Peer reader = rig.pinned();
        rig.write();
        reader.holds(0);
        rig.pin(reader.row, 0, 0);
        rig.write(3);
        assertFalse(reader.reader.intact());
        assertFalse(reader.reader.release());
        assertEquals("0..1", reader.reader.gapFrom() + ".." + reader.reader.gapTo());
        reader.reads(3);
    }

    @Test
    void aCopyOfASlotThatIsReplacedMeanwhileIsTakenAnew() {
        StateRig rig = new StateRig(hub, 1, 1);
        StateRig.Peer observer = rig.observer();
        rig.write();
        observer.beforeCopy = () -> rig.write(3);
        observer.reads(3);
    }

    @Test
    void aLookEndsThoughTheNewestSlotIsReplacedForEver() {
        StateRig rig = new StateRig(hub, 2, 1);
        StateRig.Peer observer = rig.observer();
        StateRig.Peer pinned = rig.pinned();
        rig.write();
        SlotHeader.empty(rig.block.data, rig.geometry.cell(DataLayout.bufferOf(rig.latest())));
        observer.seesNothing();
        pinned.seesNothing();
        assertEquals(0, rig.pin(pinned.row));
        rig.write();
        observer.reads(1);
        pinned.reads(1);
    }

    @Test
    void anObserversCopyStaysWholeWhateverIsWritten() {
        StateRig rig = new StateRig(hub, 1, 1);
        StateRig.Peer observer = rig.observer();
        rig.write();
        observer.holds(0);
        rig.write(20);
        observer.assertStillHolds(0);
        assertTrue(observer.reader.release());
    }

    @Test
    void supersededCountsTheNumbersThatNewerOnesReplaced() {
        StateRig rig = new StateRig(hub, 2, 1);
        StateRig.Peer reader = rig.pinned();
        rig.write(10);
        reader.reads(9);
        assertEquals(0, reader.reader.superseded());
        rig.write(5);
        reader.reads(14);
        assertEquals(4, reader.reader.superseded());
        rig.write();
        reader.reads(15);
        assertEquals(4, reader.reader.superseded());
    }

    @Test
    void aSlotThatIsPutBackAndFoundAgainSupersedesNoMore() {
        StateRig rig = new StateRig(hub, 2, 1);
        StateRig.Peer reader = rig.pinned();
        rig.write();
        reader.reads(0);
        rig.write(5);
        for (int i = 0; i < 10; i++) {
            reader.holds(5);
            reader.reader.putBack();
        }
        reader.reads(5);
        assertEquals(4, reader.reader.superseded());
    }

    @ParameterizedTest
    @EnumSource
    void aSuccessorReusesTheNumberThatWasNotCommitted(Step step) {
        StateRig rig = new StateRig(hub, 2, 1);
        for (long n = 0; n < 12; n++) {
            step.comesTo(rig);
            for (int again = 0; again < 2; again++) {
                rig.takeOver();
                assertEquals(n, rig.writer.next());
                rig.assertNewestIntact(n);
                for (int buffer = 0; buffer < rig.geometry.cells(); buffer++) {
                    assertTrue(SlotHeader.stamp(rig.block.data, rig.geometry.cell(buffer)) <= n);
                }
            }
            rig.write();
        }
    }

    /// Where a producer can die before its commit.
    enum Step {
        BEFORE_THE_WRITE,
        BUFFER_EMPTIED,
        HEADER_WRITTEN,
        STAMP_WRITTEN_AND_LATEST_NOT;

        void comesTo(StateRig rig) {
            if (this == BEFORE_THE_WRITE) return;
            assertTrue(rig.writer.claim());
            if (this == BUFFER_EMPTIED) return;
            rig.fill();
            if (this == HEADER_WRITTEN) return;
            SlotHeader.commit(rig.block.data, rig.writer.cell(), rig.writer.next());
        }
    }

    @Test
    void aPinOutlivesTheProducerAndHoldsAgainstItsSuccessor() {
        StateRig rig = new StateRig(hub, 1, 1);
        StateRig.Peer reader = rig.pinned();
        rig.write();
        reader.holds(0);
        rig.takeOver();
        for (int write = 0; write < 20; write++) {
            rig.write();
            reader.assertStillHolds(0);
        }
        assertTrue(reader.reader.release());
    }

    @Test
    void theNumbersEndWhereTheCommitWordEnds() {
        StateRig rig = new StateRig(hub, 1, 1);
        rig.write();
        long last = DataLayout.STATE_SLOTS - 1;
        int buffer = DataLayout.bufferOf(rig.latest());
        SlotHeader.commit(rig.block.data, rig.geometry.cell(buffer), last - 1);
        Words.release(rig.block.data, DataLayout.LATEST, DataLayout.latest(last - 1, buffer));
        rig.takeOver();
        assertEquals(last, rig.write());
        assertRefused(ErrorCode.SLOT_NUMBERS_EXHAUSTED, rig.writer::claim);
        assertEquals(last, DataLayout.slotOf(rig.latest()));
        rig.observer().reads(last);
    }

    @Test
    void aCommitWordThatNamesNoBufferIsRefused() throws Exception {
        BlockSpec spec = BlockSpec.named("b").policy(SyncPolicy.LATEST_ONLY).slotBytes(8);
        try (DataBlockProducer out = hub.hub().create(spec)) {
            out.write(tx -> tx.length(0));
        }
        hub.poke("b", "data.1", DataLayout.LATEST, DataLayout.latest(0, DataLayout.MOST_BUFFERS));
        assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().create(spec));
        try (DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.observer())) {
            assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
        }
        hub.hub().info("b");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void singleAndDoubleBufferOfLatestOnlyAreTheStateDiscipline(long slots) {
        BlockSpec spec =
                BlockSpec.named("b").policy(SyncPolicy.LATEST_ONLY).slots(slots).slotBytes(8);
        try (DataBlockProducer out = hub.hub().create(spec);
                DataBlockConsumer observer = hub.hub().attach("b", ConsumerSpec.observer());
                DataBlockConsumer pinned = hub.hub().attach("b", ConsumerSpec.pinned())) {
            for (int i = 0; i < 100; i++) out.write(tx -> tx.user(tx.number()));
            assertEquals(Next.SLOT, observer.next(Duration.ZERO));
            assertEquals(99, observer.number());
            assertEquals(Next.SLOT, pinned.next(Duration.ZERO));
            assertEquals(99, pinned.user());
        }
    }

    @Test
    void latestOnlyWithARingIsAStreamThatNobodyGates() {
        BlockSpec spec =
                BlockSpec.named("b").policy(SyncPolicy.LATEST_ONLY).ring(5).slotBytes(8);
        try (DataBlockProducer out = hub.hub().create(spec);
                DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.observer())) {
            for (int i = 0; i < 100; i++) out.write(tx -> tx.user(tx.number()));
            assertEquals(Next.GAP, in.next(Duration.ZERO));
            for (int i = 98; i < 100; i++) {
                assertEquals(Next.SLOT, in.next(Duration.ZERO));
                assertEquals(i, in.user());
            }
            assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
            assertEquals(100, in.received() + in.missed());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, LOSSLESS", "2, LOSSLESS", "3, LOSSLESS", "3, PINNED"})
    void latestOnlyRefusesConsumersThatItsDisciplineHasNot(long slots, Delivery delivery) {
        hub.hub()
                .declare(BlockSpec.named("b")
                        .policy(SyncPolicy.LATEST_ONLY)
                        .slots(slots)
                        .slotBytes(8));
        assertDeliveryRefused(delivery);
    }

    @ParameterizedTest
    @EnumSource(names = {"SEQUENTIAL", "SEQUENTIAL_SYNC"})
    void streamsRefusePins(SyncPolicy policy) {
        for (long slots = 1; slots < 4; slots++) {
            hub.hub().declare(BlockSpec.named("b").policy(policy).slots(slots).slotBytes(8));
            assertDeliveryRefused(Delivery.PINNED);
            hub.hub().remove("b");
        }
    }

    private void assertDeliveryRefused(Delivery delivery) {
        ConsumerSpec spec = delivery == Delivery.PINNED ? ConsumerSpec.pinned() : ConsumerSpec.lossless();
        DataHubException refusal =
                assertRefused(ErrorCode.DELIVERY_REFUSED, () -> hub.hub().attach("b", spec));
        Refusals.assertNames(refusal, "block=b", "delivery=" + delivery, "policy=");
        assertTrue(hub.hub().info("b").rows().isEmpty());
    }

    @Test
    void aHandlesReceivedAndMissedAreAllThatWasPublishedSinceItsFirstSlot() {
        BlockSpec spec = BlockSpec.named("b").policy(SyncPolicy.LATEST_ONLY).slotBytes(8);
        try (DataBlockProducer out = hub.hub().create(spec);
                DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.pinned())) {
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i <= round; i++) out.write(tx -> tx.length(0));
                assertEquals(Next.SLOT, in.next(Duration.ZERO));
            }
            assertTrue(in.release());
            assertEquals(out.next(), in.received() + in.missed());
            assertEquals(10, in.received());
            assertEquals(0, in.lag());
        }
    }
}
