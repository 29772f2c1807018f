package org.datahub.engine;

import static org.datahub.engine.HubFixture.eventually;
import static org.datahub.engine.Numbered.read;
import static org.datahub.engine.Numbered.write;
import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefusal;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Delivery;
import org.datahub.api.ErrorCode;
import org.datahub.api.GapReason;
import org.datahub.api.Next;
import org.datahub.api.ProducerState;
import org.datahub.api.StallPolicy;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.KernelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What one asks for where nobody produces: who asks does it in a producer's place.
@Deadline
class StandInTest {
    private static final Duration NOW = Duration.ZERO;
    private static final int SLOTS = 4;
    private static final Duration STALL = Duration.ofMinutes(7);

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private static BlockSpec spec() {
        return BlockSpec.named("alone")
                .slotBytes(64)
                .slots(SLOTS)
                .writeTimeout(HubFixture.SOON)
                .stall(STALL, StallPolicy.FAIL);
    }

    private DataBlockProducer producer() {
        return hub.closing(hub.open("producer").create(spec()));
    }

    private DataBlockConsumer lossless() {
        return hub.closing(hub.open("consumer").attach("alone", ConsumerSpec.lossless()));
    }

    private void evict() {
        hub.open("operator").admin("alone").evict(0, NOW);
    }

    private long handOver(long slots) {
        return hub.open("operator").admin("alone").handover(HandoverSpec.same().slots(slots), HubFixture.SOON);
    }

    private BlockInfo info() {
        return hub.hub().info("alone");
    }

    @Test
    void whoeverIsLetGoDoesNotGateTheNextProducer() {
        DataBlockProducer out = producer();
        DataBlockConsumer in = lossless();
        write(out, 1);
        read(in, 0, 1);
        write(out, SLOTS);
        out.close();
        evict();
        DataBlockProducer next = producer();
        write(next, SLOTS);
        assertEquals(Next.GAP, in.next(NOW));
        assertEquals(GapReason.EVICTED, in.gapReason());
        assertEquals("1..5", in.gapFrom() + ".." + in.gapTo());
    }

    @Test
    void aConsumerFollowsBeforeThereIsAProducerAgain() {
        DataBlockProducer out = producer();
        DataBlockConsumer in = lossless();
        write(out, 3);
        hub.kill(out);
        assertEquals(3, handOver(2 * SLOTS));
        assertEquals(2 * SLOTS, info().slots());
        read(in, 0, 3);
        assertEquals(Next.TIMEOUT, in.next(NOW));
        DataBlockProducer next = hub.closing(hub.open("next").create(BlockSpec.named("alone")));
        write(next, 2 * SLOTS);
        read(in, 3, 3 + 2 * SLOTS);
        eventually(() -> info().otherGenerations().isEmpty());
    }

    @Test
    void aStreamThatEndedStaysEnded() {
        DataBlockProducer out = producer();
        DataBlockConsumer in = lossless();
        write(out, 3);
        out.close("had enough");
        BlockInfo before = info();
        handOver(2 * SLOTS);
        BlockInfo after = info();
        assertEquals(ProducerState.ENDED, after.producerState());
        assertEquals("had enough", after.endReason());
        assertEquals(before.producer(), after.producer());
        assertEquals(before.counters(), after.counters());
        assertEquals(before.incarnation() + 1, after.incarnation());
        assertEquals(before.integrity(), after.integrity());
        read(in, 0, 3);
        assertEquals(Next.END, in.next(NOW));
        assertEquals("had enough", in.endReason());
        DataBlockProducer next = hub.closing(hub.open("next").create(BlockSpec.named("alone")));
        write(next, 1);
        read(in, 3, 4);
    }

    @Test
    void oneThatWasKilledIsWaitedForAsBefore() {
        DataBlockProducer out = producer();
        DataBlockConsumer in = lossless();
        write(out, 1);
        hub.kill(out);
        BlockInfo before = info();
        evict();
        assertEquals(ProducerState.KILLED, info().producerState());
        assertEquals(before.producer(), info().producer());
        read(in, 0, 1);
        assertEquals(Next.TIMEOUT, in.next(NOW));
    }

    @Test
    void aBlockThatNobodyProducedIntoStillHasNoProducer() {
        hub.hub().declare(spec());
        DataBlockConsumer in = lossless();
        assertEquals(0, handOver(2 * SLOTS));
        assertEquals(ProducerState.NONE, info().producerState());
        assertNull(info().producer());
        assertEquals(0, info().incarnation());
        DataBlockProducer out = hub.closing(hub.open("first").create(BlockSpec.named("alone")));
        assertEquals(1, info().incarnation());
        write(out, 2 * SLOTS);
        read(in, 0, 2 * SLOTS);
    }

    @Test
    void theStallOfTheProducerStaysAsItWas() {
        producer().close();
        handOver(2 * SLOTS);
        Block block = hub.block("alone", Block.Use.LOOK);
        assertEquals(STALL.toNanos(), Words.acquire(block.state, StateLayout.STALL_NS));
        assertEquals(StallPolicy.FAIL.ordinal(), Words.plainInt(block.state, StateLayout.STALL_POLICY));
    }

    @Test
    void aStateBlockKeepsItsValue() {
        BlockSpec state = BlockSpec.named("alone").slotBytes(64).single().policy(SyncPolicy.LATEST_ONLY);
        DataBlockProducer out = hub.closing(hub.hub().create(state));
        DataBlockConsumer in = hub.closing(hub.open("reader").attach("alone", ConsumerSpec.pinned()));
        write(out, 5);
        out.close();
        hub.open("operator").admin("alone").handover(HandoverSpec.same().slotBytes(200), HubFixture.SOON);
        assertEquals(200, info().slotBytes());
        assertTrue(info().otherGenerations().isEmpty());
        read(in, 4, 5);
        assertEquals(Next.END, in.next(NOW));
        assertRefused(ErrorCode.REQUEST_REFUSED, this::evict);
    }

    @Test
    void aProducerThatComesIsNotHeldUpAndIsAskedInstead() {
        producer().close();
        Block silent = silentConsumer();
        Background<Long> asked = Background.run(() -> handOver(2 * SLOTS));
        eventually(() -> info().otherGenerations().size() == 1);
        assertEquals("operator", info().producer().label());
        DataBlockProducer out = producer();
        eventually(() -> info().generation() == 1 && info().otherGenerations().size() == 1);
        assertTrue(asked.running());
        silent.lock.close(); // it dies
        assertEquals(0, asked.result());
        assertEquals(2 * SLOTS, out.slots());
        write(out, 2 * SLOTS);
    }

    @Test
    void itIsCancelledAsThatOfAProducer() {
        producer().close();
        silentConsumer();
        Background<Long> asked = Background.run(() -> handOver(2 * SLOTS));
        eventually(() -> info().otherGenerations().size() == 1);
        hub.open("another").admin("alone").cancelHandover(HubFixture.SOON);
        assertNames(assertRefusal(ErrorCode.HANDOVER_CANCELLED, asked.failure()), "an operator cancelled it");
        assertTrue(info().otherGenerations().isEmpty());
    }

    @Test
    void whatADeadOneBeganIsTakenAwayByTheNext() {
        producer().close();
        Block silent = silentConsumer();
        DataBlockProducer dead = hub.hub().create(spec());
        Background<Long> asked = Background.run(() -> handOver(2 * SLOTS));
        eventually(() -> info().otherGenerations().size() == 1);
        hub.kill(dead);
        assertRefusal(ErrorCode.NO_PRODUCER, asked.failure());
        silent.lock.close(); // it dies
        handOver(3 * SLOTS);
        assertEquals(3, info().generation());
        assertEquals(3 * SLOTS, info().slots());
    }

    @Test
    void onlyTheOwnerStandsIn() {
        hub.hub().declare(spec());
        lossless();
        hub.kernel.fault =
                (call, name) -> call.equals("openWritable") && name.equals("state") ? KernelException.EACCES : 0;
        assertNames(assertRefused(ErrorCode.NO_PRODUCER, this::evict), "block=alone", "only its owner");
        hub.kernel.fault = (call, name) -> 0;
        assertFalse(Stall.evicted(hub.block("alone", Block.Use.LOOK).state, 0));
    }

    /// A lossless consumer that lives and answers nobody.
    private Block silentConsumer() {
        Block block = hub.block("alone", Block.Use.CONSUME);
        Rows rows = new Rows(block);
        int row = rows.take(Delivery.LOSSLESS);
        rows.enter(row, block.generation.number());
        rows.activate(row, Delivery.LOSSLESS, 0);
        assertTrue(hub.block("alone", Block.Use.LOOK).lock.lockedByOther(RowLayout.FIRST_LOCK + row));
        return block;
    }
}
