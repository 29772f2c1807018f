package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.datahub.api.Delivery;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Deadline
class JoinTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    @Test
    void aJoinerReadsCopiesUntilTheProducerHasAcknowledgedItAndInPlaceFromThenOn() {
        StreamRig rig = StreamRig.of(hub, 7);
        rig.write(3);
        StreamRig.Peer joiner = rig.lossless(0);
        joiner.holds(0);
        joiner.isCopied();
        joiner.reader.release();
        joiner.reads(1);
        rig.write();
        joiner.holds(2);
        joiner.isInPlace();
        joiner.reader.release();
        joiner.reads(3);
    }

    @Test
    void anIdleProducerDelaysNobody() {
        StreamRig rig = StreamRig.of(hub, 7);
        rig.write(7);
        long acknowledged = Words.acquire(rig.block.state, StateLayout.ACK_EPOCH);
        StreamRig.Peer joiner = rig.lossless(0);
        joiner.reads(0, 7);
        joiner.seesNothing();
        assertEquals(acknowledged, Words.acquire(rig.block.state, StateLayout.ACK_EPOCH));
    }

    @Test
    void theFirstWriteAfterAJoinAcknowledgesIt() {
        StreamRig rig = StreamRig.of(hub, 7);
        rig.write(20);
        rig.lossless(20);
        assertTrue(Words.acquire(rig.block.state, StateLayout.ACK_EPOCH) < rig.joinEpoch());
        rig.write();
        assertEquals(rig.joinEpoch(), Words.acquire(rig.block.state, StateLayout.ACK_EPOCH));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void aProducerThatRanFreeIsGatedFromItsNextWriteOn(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        rig.write(10 * slots);
        StreamRig.Peer joiner = rig.lossless(10 * slots);
        rig.write(slots);
        assertFalse(rig.writer.claim());
        joiner.reads(10 * slots, 11 * slots);
        rig.write(slots);
        assertFalse(rig.writer.claim());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void aJoinerThatWasOverrunBeforeTheAcknowledgementIsToldTheGapAndThenMissesNothing(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        StreamRig.Peer joiner = rig.joining(Delivery.LOSSLESS).readsFrom(0, rig.joinEpoch() + 2);
        rig.write(5 * slots);
        assertEquals(rig.joinEpoch() + 2, joiner.rows.activate(joiner.row, Delivery.LOSSLESS, 0));
        assertFalse(rig.writer.claim());
        joiner.seesGap(0, 4 * slots);
        assertEquals(4 * slots, rig.gatingCursor(joiner.row));
        for (long n = 4 * slots; n < 8 * slots; n++) {
            joiner.holds(n);
            joiner.isInPlace();
            joiner.reader.release();
            rig.write();
        }
        assertFalse(rig.writer.claim());
    }

    @Test
    void aJoinerThatWasNotOverrunBeforeTheAcknowledgementMissesNothing() {
        StreamRig rig = StreamRig.of(hub, 7);
        StreamRig.Peer joiner = rig.joining(Delivery.LOSSLESS).readsFrom(0, rig.joinEpoch() + 2);
        rig.write(7);
        joiner.rows.activate(joiner.row, Delivery.LOSSLESS, 0);
        assertFalse(rig.writer.claim());
        for (long n = 0; n < 7; n++) {
            joiner.holds(n);
            joiner.isInPlace();
            joiner.reader.release();
        }
        joiner.seesNothing();
    }

    @Test
    void aJoinerThatIsOverrunWhileItWaitsForTheAcknowledgementReadsOnFromTheOldestIntactSlot() {
        StreamRig rig = StreamRig.of(hub, 7);
        StreamRig.Peer joiner = rig.joining(Delivery.LOSSLESS).readsFrom(0, rig.joinEpoch() + 2);
        rig.write(2);
        joiner.reads(0);
        rig.write(18);
        joiner.seesGap(1, 13);
        joiner.holds(13);
        joiner.isCopied();
        joiner.reader.release();
        joiner.reads(14, 20);
        joiner.seesNothing();
    }

    @Test
    void anAcknowledgementOfAnOlderJoinProtectsNobody() {
        StreamRig rig = StreamRig.of(hub, 3);
        rig.lossless(0);
        rig.write();
        StreamRig.Peer second = rig.lossless(0);
        second.holds(0);
        second.isCopied();
    }

    @Test
    void anAcknowledgementBeforeTheRowWasActiveProtectsNobody() {
        StreamRig rig = StreamRig.of(hub, 3);
        rig.write();
        StreamRig.Peer joiner = rig.joining(Delivery.LOSSLESS);
        rig.write();
        joiner.join(0);
        joiner.holds(0);
        joiner.isCopied();
        rig.write(1);
        joiner.reader.release();
        joiner.holds(1);
        joiner.isInPlace();
    }

    @Test
    void leavingMovesTheEpochAndOpensTheGate() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer consumer = rig.lossless(0);
        rig.write(3);
        assertFalse(rig.writer.claim());
        long before = rig.joinEpoch();
        consumer.leave();
        assertEquals(before + 1, rig.joinEpoch());
        rig.write(10);
    }

    @Test
    void aLeaverThatDidNotGateYetIsNotedBeforeTheCachedLimitIsReached() {
        StreamRig rig = StreamRig.of(hub, 48);
        StreamRig.Peer consumer = rig.lossless(0);
        rig.write();
        long acknowledged = Words.acquire(rig.block.state, StateLayout.ACK_EPOCH);
        consumer.leave();
        rig.write();
        assertEquals(acknowledged + 1, Words.acquire(rig.block.state, StateLayout.ACK_EPOCH));
    }

    @Test
    void aCursorNeverGoesBackWhileItsRowIsActive() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer consumer = rig.lossless(0);
        long last = 0;
        for (int round = 0; round < 50; round++) {
            if (rig.writer.claim()) {
                rig.fill();
                rig.writer.commit();
            }
            if (round % 3 != 0 && consumer.look() == SlotReader.Look.SLOT) {
                assertEquals(last, rig.gatingCursor(consumer.row));
                consumer.reader.release();
                assertEquals(++last, rig.gatingCursor(consumer.row));
            }
        }
        assertTrue(last > 10);
    }

    @Test
    void anObserverIsInItsRowAndStaysAnObserver() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer observer = rig.observer(0);
        rig.write(2);
        observer.holds(0);
        observer.isCopied();
        observer.reader.release();
        assertEquals(0, rig.gatingCursor(observer.row));
        rig.put(observer.row, RowLayout.CURSOR, 1);
        rig.write(10);
    }
}
