package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.datahub.api.Delivery;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Deadline
class StreamProtocolTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void slotsAreReadInTheOrderInWhichTheyWereWritten(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        StreamRig.Peer consumer = rig.lossless(0);
        Random random = new Random(slots);
        long read = 0;
        while (read < 5 * (slots + 1)) {
            for (long room = random.nextLong(slots + 1); room > 0 && rig.writer.claim(); room--) {
                rig.fill();
                rig.writer.commit();
            }
            for (long most = random.nextLong(slots + 1); most > 0 && read < rig.writer.next(); most--)
                consumer.reads(read++);
        }
        consumer.reads(read, rig.writer.next());
        consumer.seesNothing();
        consumer.assertAccounted(rig.writer.next());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void theKNewestSlotsAreIntactAfterEveryStepOfEveryWrite(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        for (long n = 0; n < 4 * (slots + 1); n++) {
            rig.assertNewestIntact(n);
            assertTrue(rig.writer.claim());
            rig.assertNewestIntact(n);
            Pattern.fillPayload(rig.block.data, rig.writer.cell(), n, 8);
            rig.assertNewestIntact(n);
            Pattern.fillPayload(rig.block.data, rig.writer.cell(), n, StreamRig.BYTES);
            rig.assertNewestIntact(n);
            Pattern.fillHeader(rig.block.data, rig.writer.cell(), n, StreamRig.BYTES);
            rig.assertNewestIntact(n);
            rig.writer.commit();
            rig.assertNewestIntact(n + 1);
            rig.assertNothingBeyond(n + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void aReaderSeesNoSlotBeforeItIsCommitted(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        StreamRig.Peer lossless = rig.lossless(0);
        StreamRig.Peer observer = rig.observer(0);
        for (long n = 0; n < 3 * (slots + 1); n++) {
            lossless.seesNothing();
            observer.seesNothing();
            assertTrue(rig.writer.claim());
            rig.fill();
            lossless.seesNothing();
            observer.seesNothing();
            rig.writer.commit();
            lossless.reads(n);
            observer.reads(n);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void headIsExactWhereTheRingIsSmall(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        for (long n = 0; n < 5 * (slots + 1); n++) {
            assertEquals(n, rig.head());
            rig.write();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 7, 48, 64, 65, 1000})
    void headIsBehindByAQuarterOfTheRingAndBySixteenAtMost(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        long furthest = 0;
        for (long n = 0; n < 3 * (slots + 1); n++) {
            rig.write();
            long behind = rig.writer.next() - rig.head();
            assertTrue(behind >= 0 && behind <= Math.min(slots / 4, 16), "behind=" + behind);
            furthest = Math.max(furthest, behind);
            assertEquals(n + 1, StreamWriter.newest(rig.block.data, rig.geometry));
        }
        assertEquals(slots / 4 > 1, furthest > 0);
        rig.writer.publish();
        assertEquals(rig.writer.next(), rig.head());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void anAbortedSlotLeavesNoTrace(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        StreamRig.Peer consumer = rig.lossless(0);
        for (long n = 0; n < 3 * (slots + 1); n++) {
            for (int attempt = 0; attempt < 3; attempt++) {
                assertTrue(rig.writer.claim());
                assertEquals(n, rig.writer.next());
                Pattern.fill(rig.block.data, rig.writer.cell(), n + 1_000_000, StreamRig.BYTES);
                rig.writer.abort();
                rig.assertNewestIntact(n);
                consumer.seesNothing();
            }
            assertEquals(n, rig.write());
            consumer.reads(n);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void theGateClosesAtKAndOpensByOneSlotForEachRelease(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        StreamRig.Peer consumer = rig.lossless(0);
        rig.write(slots);
        for (long n = 0; n < 2 * (slots + 1); n++) {
            assertFalse(rig.writer.claim());
            assertFalse(rig.writer.free(true));
            rig.assertNewestIntact(n + slots);
            consumer.reads(n);
            assertTrue(rig.writer.free(false));
            rig.write();
        }
    }

    @Test
    void theSlowestOfSeveralLosslessConsumersGates() {
        StreamRig rig = StreamRig.of(hub, 4);
        StreamRig.Peer fast = rig.lossless(0);
        StreamRig.Peer slow = rig.lossless(0);
        rig.write(4);
        fast.reads(0, 4);
        assertFalse(rig.writer.claim());
        slow.reads(0, 2);
        rig.write(2);
        assertFalse(rig.writer.claim());
        fast.reads(4, 6);
        slow.reads(2, 6);
        rig.write(4);
    }

    @Test
    void observersNeverGate() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer observer = rig.observer(0);
        rig.write(100);
        assertEquals(100, rig.writer.next());
        observer.assertRowIs(true);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void aLateObserverIsToldTheExactGapAndGoesOnHalfARingBehindTheNewest(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        StreamRig.Peer observer = rig.observer(0);
        long published = 10 * slots + 3;
        rig.write(published);
        long resume = published - slots / 2;
        observer.seesGap(0, resume);
        observer.reads(resume, published);
        observer.seesNothing();
        observer.assertAccounted(published);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void receivedSlotsAndGapsOfAnObserverAreAllThatWasPublished(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        StreamRig.Peer observer = rig.observer(0);
        Random random = new Random(slots);
        for (int round = 0; round < 400; round++) {
            rig.write(random.nextLong(2 * slots + 2));
            for (long looks = random.nextLong(2 * slots + 2); looks > 0; looks--) observe(observer);
        }
        while (observer.reader.number() < rig.writer.next()) observe(observer);
        observer.assertAccounted(rig.writer.next());
        assertTrue(observer.outcome.containsValue("gap") && observer.outcome.containsValue("read"));
    }

    private static void observe(StreamRig.Peer observer) {
        if (observer.look() != SlotReader.Look.SLOT) return;
        long n = observer.reader.number();
        assertTrue(Pattern.isWhole(observer.reader.segment(), observer.reader.header(), n, StreamRig.BYTES));
        assertTrue(observer.reader.release());
        assertEquals(null, observer.outcome.put(n, "read"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void theOldestIntactSlotCanBeReadUntilItsCellIsClaimedAgain(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        StreamRig.Peer before = rig.observer(0);
        StreamRig.Peer after = rig.observer(0);
        rig.write(slots + 1);
        before.reads(0);
        assertTrue(rig.writer.claim());
        after.seesGap(0, Math.max(1, slots + 1 - slots / 2));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void aSlotOfTheFirstRoundIsMissedAsSoonAsItsCellIsEmptied(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        StreamRig.Peer observer = rig.observer(slots); // in the last cell
        observer.seesNothing();
        rig.write(2 * slots + 1);
        assertTrue(rig.writer.claim());
        assertEquals(0, SlotHeader.stamp(rig.block.data, rig.geometry.cellOf(slots)));
        rig.writer.abort();
        observer.seesGap(slots, 2 * slots + 1 - slots / 2);
    }

    @Test
    void anEmptiedCellIsNoGapForWhoeverWaitsForItsNextSlot() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer consumer = rig.lossless(0);
        for (long n = 0; n < 9; n++) {
            assertTrue(rig.writer.claim());
            assertEquals(0, SlotHeader.stamp(rig.block.data, rig.writer.cell()));
            consumer.seesNothing();
            rig.fill();
            rig.writer.commit();
            consumer.reads(n);
        }
    }

    @Test
    void aStampTellsTheOverrunWhereHeadIsStillBehind() {
        StreamRig rig = StreamRig.of(hub, 64);
        StreamRig.Peer observer = rig.observer(0);
        rig.write(65 + 1);
        Words.release(rig.block.data, DataLayout.HEAD, 0);
        observer.seesGap(0, 1);
        observer.reads(1);
    }

    @Test
    void theNewestSlotIsNeverOlderThanWhatAReaderHasRead() {
        StreamRig rig = StreamRig.of(hub, 64);
        StreamRig.Peer observer = rig.observer(0);
        rig.write(20);
        observer.reads(0, 20);
        rig.write(65);
        Words.release(rig.block.data, DataLayout.HEAD, 0); // as seen by one who loads it late
        assertEquals(20, observer.reader.newest());
        assertEquals(0, observer.reader.oldest());
    }

    @Test
    void anObserversCopyStaysWholeWhateverHappensToTheCell() {
        StreamRig rig = StreamRig.of(hub, 1);
        StreamRig.Peer observer = rig.observer(0);
        rig.write();
        observer.holds(0);
        rig.write(5);
        assertTrue(Pattern.isWhole(observer.reader.segment(), observer.reader.header(), 0, StreamRig.BYTES));
        assertTrue(observer.reader.intact());
        assertTrue(observer.reader.release());
    }

    @Test
    void aCopyThatWasOverwrittenWhileItWasTakenIsReportedAsAGap() {
        StreamRig rig = StreamRig.of(hub, 1);
        StreamRig.Peer observer = rig.observer(0);
        rig.write();
        observer.beforeItsFirstCopy(() -> rig.write(4));
        observer.seesGap(0, 5);
        observer.seesNothing();
        observer.assertAccounted(5);
    }

    @Test
    void aCopyWhoseCellWasEmptiedWhileItWasTakenIsReportedAsAGap() {
        StreamRig rig = StreamRig.of(hub, 2);
        StreamRig.Peer observer = rig.observer(0);
        rig.write(3);
        observer.beforeItsFirstCopy(() -> {
            assertTrue(rig.writer.claim());
            Pattern.fillPayload(rig.block.data, rig.writer.cell(), 3, 8);
        });
        observer.seesGap(0, 2);
        observer.reads(2);
        observer.seesNothing();
    }

    @Test
    void aSlotThatIsOverwrittenWhileItIsReadInPlaceCountsAsLost() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer victim = rig.lossless(0);
        rig.write(3);
        victim.reads(0);
        victim.holds(1);
        victim.isInPlace();
        rig.put(victim.row, RowLayout.ACTIVE, 0);
        Words.add(rig.block.control, ControlLayout.JOIN_EPOCH, 1);
        rig.write(2);
        assertTrue(victim.reader.intact());
        assertTrue(rig.writer.claim());
        assertFalse(victim.reader.intact());
        assertFalse(victim.reader.release());
        assertEquals("1..2", victim.reader.gapFrom() + ".." + victim.reader.gapTo());
    }

    @Test
    void aStampThatChangesDuringAReadInPlaceIsNeverReportedAsRead() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer reader = rig.lossless(0);
        rig.write(2);
        for (long stamp : new long[] {0, 5, -1, Long.MAX_VALUE}) {
            StreamRig.Peer again = stamp == 0 ? reader : rig.lossless(0);
            rig.writer.free(false);
            again.holds(0);
            again.isInPlace();
            Words.release(rig.block.data, rig.geometry.cellOf(0), stamp);
            assertFalse(again.reader.release());
            assertEquals("0..1", again.reader.gapFrom() + ".." + again.reader.gapTo());
            Words.release(rig.block.data, rig.geometry.cellOf(0), 1);
        }
    }

    @Test
    void aLosslessConsumerThatWasRobbedGoesOnAtTheOldestIntactSlot() {
        StreamRig rig = StreamRig.of(hub, 7);
        StreamRig.Peer victim = rig.lossless(0);
        rig.write(2);
        victim.reads(0);
        rig.put(victim.row, RowLayout.ACTIVE, 0);
        Words.add(rig.block.control, ControlLayout.JOIN_EPOCH, 1);
        rig.write(30);
        victim.seesGap(1, 32 - 7);
        victim.reads(25, 32);
        victim.assertAccounted(32);
    }

    @Test
    void lagIsWhatIsCommittedAndNotReleased() {
        StreamRig rig = StreamRig.of(hub, 48);
        StreamRig.Peer consumer = rig.lossless(0);
        rig.write(11);
        assertEquals(11, consumer.reader.lag());
        consumer.reads(0, 4);
        assertEquals(7, consumer.reader.lag());
        consumer.holds(4);
        assertEquals(7, consumer.reader.lag());
    }

    @Test
    void theStreamHasEndedForWhoeverReadEverythingBeforeTheEnd() {
        StreamRig rig = StreamRig.of(hub, 7);
        StreamRig.Peer consumer = rig.lossless(0);
        rig.write(2);
        assertFalse(consumer.reader.ended());
        Words.release(rig.block.state, StateLayout.END, rig.writer.next() + 1);
        assertFalse(consumer.reader.ended());
        consumer.reads(0, 2);
        assertTrue(consumer.reader.ended());
        Words.release(rig.block.state, StateLayout.END, 0);
        assertFalse(consumer.reader.ended());
    }

    @Test
    void unseenCountsWhatNoLosslessConsumerGatedFor() {
        StreamRig rig = StreamRig.of(hub, 3);
        rig.write(10);
        assertEquals(10, rig.writer.unseen());
        StreamRig.Peer consumer = rig.lossless(7);
        assertEquals(7, rig.writer.unseen());
        consumer.reads(7, 10);
        rig.write();
        consumer.reads(10);
        assertEquals(7, rig.writer.unseen());
        consumer.leave();
        rig.write(5);
        assertEquals(7 + 5, rig.writer.unseen());
    }

    @Test
    void drainedMeansThatEveryLiveLosslessConsumerReleasedEverything() {
        StreamRig rig = StreamRig.of(hub, 7);
        StreamRig.Peer one = rig.lossless(0);
        StreamRig.Peer other = rig.lossless(0);
        StreamRig.Peer observer = rig.observer(0);
        assertTrue(rig.writer.drained());
        rig.write(3);
        assertFalse(rig.writer.drained());
        one.reads(0, 3);
        assertFalse(rig.writer.drained());
        other.die();
        assertTrue(rig.writer.drained());
        other.assertRowIs(false);
        one.assertRowIs(true);
        observer.assertRowIs(true);
    }

    @Test
    void aRowThatIsTakenButNotActiveGatesNobody() {
        StreamRig rig = StreamRig.of(hub, 3);
        rig.joining(Delivery.LOSSLESS);
        rig.write(20);
        assertEquals(20, rig.writer.next());
    }
}
