package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.layout.SlotHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Slots that are claimed, committed, read and released together.
@Deadline
class BatchTest {
    private static final Duration NOW = Duration.ZERO;
    private static final int BATCH = 4;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private DataBlockProducer producer(int slots) {
        return hub.closing(hub.hub()
                .create(BlockSpec.named("batch")
                        .slotBytes(64)
                        .slots(slots)
                        .batch(BATCH)
                        .writeTimeout(NOW)));
    }

    private DataBlockConsumer lossless() {
        return hub.closing(hub.hub().attach("batch", ConsumerSpec.lossless()));
    }

    private static void fill(DataBlockProducer out, int count) {
        long first = out.next();
        for (int index = 0; index < count; index++) {
            out.segment().set(ValueLayout.JAVA_LONG, out.offset(index), first + index);
            out.describe(index, 8 + index, 100 + index);
        }
    }

    @Test
    void aConsumerSeesTheWholePrefixOrNothingOfIt() {
        DataBlockProducer out = producer(8);
        DataBlockConsumer in = lossless();
        assertEquals(BATCH, out.claimBatch(BATCH, NOW));
        fill(out, BATCH);
        assertEquals(Next.TIMEOUT, in.next(NOW));
        out.commitBatch(3);
        assertEquals(Next.SLOT, in.nextBatch(BATCH, NOW));
        assertEquals(3, in.held());
        for (int index = 0; index < 3; index++) {
            assertEquals(index, in.segment().get(ValueLayout.JAVA_LONG, in.offset(index)));
            assertEquals(8 + index, in.length(index));
            assertEquals(100 + index, in.user(index));
        }
        in.release();
        assertEquals(3, in.received());
        assertEquals(3, out.next());
        assertEquals(Next.TIMEOUT, in.next(NOW));
    }

    @Test
    void stampsAreStoredLastToFirst() {
        Block block =
                hub.produced(BlockSpec.named("steps").slotBytes(8).slots(4).batch(3));
        StreamWriter writer = HubFixture.streamWriter(block);
        writer.claim(3);
        // What a batch leaves that dies between its second and its third stamp: the first is missing.
        SlotHeader.commit(block.data, writer.cell(2), 2);
        SlotHeader.commit(block.data, writer.cell(1), 1);
        assertEquals(0, StreamWriter.newest(block.data, block.geometry));
        StreamWriter successor = HubFixture.streamWriter(block);
        assertEquals(0, successor.next());
        for (int cell = 0; cell < 7; cell++) {
            assertEquals(0, SlotHeader.stamp(block.data, block.geometry.cell(cell)), "cell " + cell);
        }
    }

    @Test
    void theGateShortensABatch() {
        DataBlockProducer out = producer(6);
        DataBlockConsumer in = lossless();
        assertEquals(4, out.claimBatch(4, NOW));
        out.commitBatch(4);
        assertEquals(2, out.claimBatch(4, NOW));
        out.commitBatch(2);
        assertEquals(0, out.claimBatch(4, NOW));
        DataHubException gated = assertThrows(DataHubException.class, () -> out.writeBatch(2, batch -> {}));
        assertEquals(ErrorCode.WRITE_TIMEOUT, gated.code());
        in.nextBatch(6, NOW);
        in.release();
        assertEquals(1, out.claimBatch(4, NOW) >= 1 ? 1 : 0);
        out.abort();
    }

    @Test
    void theNewestSlotsStayIntactWhileABatchIsWritten() {
        Block block =
                hub.produced(BlockSpec.named("intact").slotBytes(8).slots(3).batch(3));
        StreamWriter writer = HubFixture.streamWriter(block);
        for (int round = 0; round < 20; round++) {
            int count = 1 + round % 3;
            writer.claim(count);
            long next = writer.next();
            for (long n = Math.max(0, next - 3); n < next; n++) {
                assertEquals(n + 1, SlotHeader.stamp(block.data, block.geometry.cellOf(n)), "slot " + n);
            }
            writer.commit(count);
        }
    }

    @Test
    void aBatchThatThrowsLeavesNoTrace() {
        DataBlockProducer out = producer(8);
        assertThrows(
                ArithmeticException.class,
                () -> out.writeBatch(3, batch -> {
                    batch.payload(0).set(ValueLayout.JAVA_LONG, 0, 1);
                    throw new ArithmeticException();
                }));
        assertEquals(0, out.next());
        assertEquals(2, out.writeBatch(3, batch -> batch.commit(2)));
        assertEquals(2, out.next());
        assertEquals(0, out.writeBatch(3, batch -> batch.abort()));
        assertEquals(2, out.next());
    }

    @Test
    void aViewOfABatchDiesWithIt() {
        DataBlockProducer out = producer(8);
        java.lang.foreign.MemorySegment[] kept = new java.lang.foreign.MemorySegment[1];
        out.writeBatch(2, batch -> kept[0] = batch.payload(1));
        assertThrows(IllegalStateException.class, () -> kept[0].get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void moreThanTheBlockAllowsIsRefused() {
        DataBlockProducer out = producer(8);
        assertThrows(IllegalArgumentException.class, () -> out.claimBatch(BATCH + 1, NOW));
        assertThrows(IllegalArgumentException.class, () -> out.claimBatch(0, NOW));
        out.claimBatch(2, NOW);
        assertThrows(IllegalArgumentException.class, () -> out.commitBatch(3));
        assertThrows(IllegalArgumentException.class, () -> out.offset(2));
        out.commitBatch(2);
        assertThrows(IllegalStateException.class, () -> out.commitBatch(1));
    }
}
