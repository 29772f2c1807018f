package org.datahub.engine;

import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Delivery;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.Waiting;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a participant may store in `control`: it can hold a block up, it can't make others lose or
/// mistake a slot.
@Deadline
class HostileRowTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, 1, 4, 5, 1000, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    void noCursorOpensTheGateForAnotherConsumersSlots(long cursor) {
        StreamRig rig = StreamRig.of(hub, 4);
        StreamRig.Peer honest = rig.lossless(0);
        StreamRig.Peer hostile = rig.lossless(0);
        rig.put(hostile.row, RowLayout.CURSOR, cursor);
        long n = 0;
        for (int round = 0; round < 30; round++) {
            while (rig.writer.claim()) {
                rig.fill();
                rig.writer.commit();
                assertTrue(rig.writer.next() <= n + 4, "overwrites slot " + n);
            }
            while (n < rig.writer.next()) honest.reads(n++);
            rig.put(hostile.row, RowLayout.CURSOR, cursor);
        }
        honest.assertAccounted(rig.writer.next());
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0})
    void aCursorThatStaysBehindHoldsAWriteUpForItsTimeoutAndNoLonger(long cursor) {
        Hub producers = hub.hub();
        try (DataBlockProducer out = producers.create(
                        BlockSpec.named("held").slots(3).slotBytes(8).writeTimeout(Duration.ofMillis(50)));
                DataBlockConsumer in = producers.attach("held", ConsumerSpec.lossless())) {
            Block other = hub.block("held", Block.Use.CONSUME);
            Words.release(other.control, ControlLayout.row(0) + RowLayout.CURSOR, cursor);
            for (int i = 0; i < 3; i++) out.write(tx -> tx.length(0));
            assertRefused(ErrorCode.WRITE_TIMEOUT, () -> out.write(tx -> tx.length(0)));
            for (int i = 0; i < 3; i++) assertEquals(Next.SLOT, in.next(Duration.ZERO));
            assertTrue(in.release());
            out.write(tx -> tx.length(0));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 1L << 40, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    void aCursorBeyondTheNextSlotCountsAsTheNextSlot(long cursor) {
        StreamRig rig = StreamRig.of(hub, 4);
        StreamRig.Peer hostile = rig.lossless(0);
        rig.put(hostile.row, RowLayout.CURSOR, cursor);
        rig.write(4);
        long before = rig.writer.next();
        rig.write(20);
        assertEquals(before + 20, rig.writer.next());
        rig.assertNewestIntact(rig.writer.next());
        assertEquals(0, rig.writer.unseen());
        hostile.leave();
        rig.write();
        assertEquals(1, rig.writer.unseen());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4, 99, Long.MIN_VALUE, Long.MAX_VALUE})
    void aRowOfNoKnownKindGatesNobodyAndHurtsNobody(long kind) {
        StreamRig rig = StreamRig.of(hub, 4);
        StreamRig.Peer honest = rig.lossless(0);
        rig.put(9, RowLayout.ACTIVE, kind);
        rig.put(9, RowLayout.CURSOR, -5);
        rig.write(4);
        assertFalse(rig.writer.claim());
        honest.reads(0, 4);
        rig.write(4);
        assertEquals(1, hub.hub().info("stream").rows().size());
    }

    @Test
    void anEpochThatJumpsAboutCostsScansAndNothingElse() {
        StreamRig rig = StreamRig.of(hub, 4);
        StreamRig.Peer honest = rig.lossless(0);
        assertTrue(rig.writer.free(false));
        long n = 0;
        for (long epoch : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE, 3}) {
            Words.release(rig.block.control, ControlLayout.JOIN_EPOCH, epoch);
            rig.write(4);
            assertFalse(rig.writer.claim());
            honest.reads(n, n + 4);
            n += 4;
        }
    }

    @Test
    void anAcknowledgementThatOneForgedIsFoundOutByTheStamp() {
        StreamRig rig = StreamRig.of(hub, 3);
        rig.write(2);
        Words.release(rig.block.control, ControlLayout.JOIN_EPOCH, 1000);
        rig.write();
        Words.release(rig.block.control, ControlLayout.JOIN_EPOCH, 5);
        StreamRig.Peer deceived = rig.joining(Delivery.LOSSLESS).readsFrom(1, 6);
        deceived.holds(1);
        deceived.isInPlace();
        rig.write(3);
        assertTrue(rig.writer.claim());
        assertFalse(deceived.reader.release());
    }

    @Test
    void wordsOfSleepAndBellsThatAreScribbledOverStopNobody() {
        try (DataBlockProducer out = hub.hub()
                        .create(BlockSpec.named("noisy").slots(3).slotBytes(8).waiting(Waiting.BLOCK));
                DataBlockConsumer in =
                        hub.hub().attach("noisy", ConsumerSpec.lossless().from(StartFrom.OLDEST))) {
            Block other = hub.block("noisy", Block.Use.CONSUME);
            Background<Integer> reader = Background.run(() -> {
                int read = 0;
                while (read < 300 && in.next(HubFixture.SOON) == Next.SLOT) read++;
                in.release();
                return read;
            });
            for (int i = 0; i < 300; i++) {
                Words.releaseInt(other.control, ControlLayout.CONSUMERS_ASLEEP, i * 0x01010101);
                Words.releaseInt(other.control, ControlLayout.PRODUCER_ASLEEP, -i);
                Words.releaseInt(other.control, ControlLayout.BELL, i);
                Words.release(other.control, ControlLayout.row(0) + RowLayout.BARRIERS, i % 2);
                out.write(tx -> tx.length(0));
            }
            assertEquals(300, reader.result());
        }
    }
}
