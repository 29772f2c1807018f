package org.datahub.engine;

import static org.datahub.engine.HubFixture.eventually;
import static org.datahub.engine.Numbered.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.GapReason;
import org.datahub.api.Next;
import org.datahub.api.WriteTransaction;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What one asks a block's producer for from outside.
@Deadline
class RequestTest {
    private static final Duration NOW = Duration.ZERO;
    private static final int SLOTS = 4;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private static BlockSpec spec() {
        return BlockSpec.named("asked").slotBytes(64).slots(SLOTS).writeTimeout(HubFixture.SOON);
    }

    private DataBlockProducer producer() {
        return hub.closing(hub.hub().create(spec()));
    }

    private DataBlockConsumer lossless() {
        return hub.closing(hub.open("consumer").attach("asked", ConsumerSpec.lossless()));
    }

    private void evict(Duration timeout) {
        hub.open("operator").admin("asked").evict(0, timeout);
    }

    private static ErrorCode refusal(Runnable call) {
        return assertThrows(DataHubException.class, call::run).code();
    }

    @Test
    void anIdleProducerLetsAConsumerGo() {
        DataBlockProducer out = producer();
        DataBlockConsumer in = lossless();
        write(out, 1);
        assertEquals(Next.SLOT, in.next(NOW)); // it is protected now, and knows it
        assertTrue(in.release());
        write(out, SLOTS);
        evict(HubFixture.SOON);
        write(out, 2 * SLOTS); // the gate is open, though nobody has read
        assertEquals(Next.GAP, in.next(NOW));
        assertEquals(GapReason.EVICTED, in.gapReason());
        assertEquals(1, in.gapFrom());
    }

    @Test
    void aProducerThatWaitsAtTheGateGoesOn() {
        DataBlockProducer out = producer();
        lossless();
        write(out, SLOTS);
        CompletableFuture<Void> gated = CompletableFuture.runAsync(() -> write(out, 1));
        eventually(() -> ((Producer) out).occupancy.busyElsewhere());
        evict(HubFixture.SOON);
        gated.join();
        assertEquals(SLOTS + 1, out.next());
    }

    @Test
    void nothingIsDoneInsideAWrite() {
        DataBlockProducer out = producer();
        lossless();
        Block block = hub.block("asked", Block.Use.LOOK);
        try (WriteTransaction open = out.begin(NOW)) {
            assertEquals(ErrorCode.PRODUCER_SILENT, refusal(() -> evict(Duration.ofMillis(100))));
            assertFalse(Stall.evicted(block.state, 0));
            open.commit();
        }
        write(out, 1); // comes in with an errand that was withdrawn
        assertFalse(Stall.evicted(block.state, 0));
        evict(HubFixture.SOON);
        assertTrue(Stall.evicted(block.state, 0));
    }

    @Test
    void aRowWithoutALosslessConsumerIsRefused() {
        producer();
        assertEquals(ErrorCode.REQUEST_REFUSED, refusal(() -> evict(HubFixture.SOON)));
        assertThrows(
                IllegalArgumentException.class, () -> hub.hub().admin("asked").evict(100_000, HubFixture.SOON));
    }

    @Test
    void aBlockThatIsNotThereIsNotFound() {
        assertEquals(ErrorCode.BLOCK_NOT_FOUND, refusal(() -> evict(NOW)));
    }

    @Test
    void aProducerThatDoesNotAnswerIsNamedAndTheRequestIsWithdrawn() {
        Block block = hub.produced(spec());
        assertEquals(ErrorCode.PRODUCER_SILENT, refusal(() -> evict(NOW)));
        assertNull(Request.load(block.control));
    }

    @Test
    void twoRequestsComeOneAfterTheOther() {
        producer();
        Block other = hub.block("asked", Block.Use.CONSUME);
        assertTrue(other.lock.tryLock(RowLayout.ADMIN_LOCK));
        assertEquals(ErrorCode.LOCK_TIMEOUT, refusal(() -> evict(NOW)));
    }

    @Test
    void theRequestOfADeadRequesterIsNotCarriedOut() {
        DataBlockProducer out = producer();
        lossless();
        Block dead = hub.block("asked", Block.Use.CONSUME);
        Request.store(dead.control, ControlLayout.EVICT, 0, new Rows(dead).join(0));
        write(out, 1);
        ((Producer) out).errand();
        write(out, 1);
        assertFalse(Stall.evicted(dead.state, 0));
        Block next = hub.block("asked", Block.Use.CONSUME); // it has the byte, and has not yet marked the words
        assertTrue(next.lock.tryLock(RowLayout.ADMIN_LOCK));
        ((Producer) out).errand();
        write(out, 1);
        assertFalse(Stall.evicted(dead.state, 0));
        next.lock.unlock(RowLayout.ADMIN_LOCK);
        evict(HubFixture.SOON); // and holds up no other
        assertTrue(Stall.evicted(dead.state, 0));
    }

    @Test
    void whatIsNoRequestIsAnsweredAsUnknownAndChangesNothing() {
        DataBlockProducer out = producer();
        lossless();
        Block hostile = hub.block("asked", Block.Use.CONSUME);
        assertTrue(hostile.lock.tryLock(RowLayout.ASKING_LOCK));
        assertEquals(Answer.UNKNOWN, answer(hostile, 99, 0, 0));
        assertEquals(Answer.NO_CONSUMER, answer(hostile, ControlLayout.EVICT, -1, 0));
        assertEquals(Answer.NO_CONSUMER, answer(hostile, ControlLayout.EVICT, Integer.MAX_VALUE, 0));
        assertEquals(Answer.NO_CONSUMER, answer(hostile, ControlLayout.EVICT, 0, new Rows(hostile).join(0) + 1));
        Words.release(hostile.control, ControlLayout.REQUEST_NUMBER, -1);
        assertEquals(Answer.UNKNOWN, answer(hostile, 99, 0, 0)); // its number is 1 again: 0 names nothing
        assertFalse(Stall.evicted(hostile.state, 0));
        write(out, 1);
    }

    private static Answer answer(Block block, long kind, int row, long join) {
        long number = Request.store(block.control, kind, row, join);
        assertNotEquals(0, number);
        eventually(() -> Words.acquire(block.state, StateLayout.ANSWER_NUMBER) == number);
        return Answer.load(block.state, number);
    }

    @Test
    void aRequestHalfWrittenOverAnotherIsNone() {
        Block block = hub.produced(spec());
        long number = Request.store(block.control, ControlLayout.EVICT, 0, 7);
        Request found = Request.load(block.control);
        assertEquals(number, found.number());
        assertEquals(ControlLayout.EVICT, found.kind());
        assertEquals(7, found.values()[1]);
        Words.opaque(block.control, ControlLayout.REQUEST_FOR, number + 1);
        assertNull(Request.load(block.control));
    }

    @Test
    void aRequestIsNotCarriedOutTwice() {
        DataBlockProducer out = producer();
        DataBlockConsumer in = lossless();
        write(out, SLOTS);
        evict(HubFixture.SOON);
        write(out, SLOTS);
        for (Next next = in.next(NOW); next != Next.TIMEOUT; next = in.next(NOW)) { // joins anew
            if (next == Next.SLOT) in.release();
        }
        write(out, 1);
        ((Producer) out).errand();
        Block block = hub.block("asked", Block.Use.LOOK);
        assertFalse(Stall.evicted(block.state, 0));
    }
}
