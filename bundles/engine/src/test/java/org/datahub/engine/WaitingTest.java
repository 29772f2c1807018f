package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.HubFixture.eventually;
import static org.datahub.engine.Marked.write;
import static org.datahub.engine.Refusals.assertRefusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Waiting;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Deadline
class WaitingTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(3).slotBytes(8).writeTimeout(LONG);

    private static <T> Background<T> start(boolean virtual, Callable<T> work) {
        return virtual ? Background.virtual(work) : Background.run(work);
    }

    private <T> Background<T> waiting(boolean virtual, Callable<T> work) {
        long before = hub.kernel.clockReads.sum();
        Background<T> started = start(virtual, work);
        eventually(() -> hub.kernel.clockReads.sum() > before + 10);
        assertTrue(started.running());
        return started;
    }

    @ParameterizedTest
    @CsvSource({"SPIN, false", "BACKOFF, false", "BLOCK, false", "SPIN, true", "BACKOFF, true", "BLOCK, true"})
    void aConsumerThatWaitsGetsTheNextSlot(Waiting strategy, boolean virtual) {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless().waiting(strategy));
        Background<Next> reader = waiting(virtual, () -> in.next(LONG));
        write(out, 1);
        assertEquals(Next.SLOT, reader.result());
    }

    @ParameterizedTest
    @CsvSource({"SPIN, false", "BACKOFF, false", "BLOCK, false", "SPIN, true", "BACKOFF, true", "BLOCK, true"})
    void aProducerThatWaitsAtTheGateGoesOnAfterARelease(Waiting strategy, boolean virtual) {
        DataBlockProducer out = hub.hub().create(spec.waiting(strategy));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 3);
        Background<Claim> writer = waiting(virtual, () -> out.claim(LONG));
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertTrue(in.release());
        assertEquals(Claim.CLAIMED, writer.result());
    }

    /// In one round at least: a machine that stops this thread for a millisecond ends the wait, too.
    @ParameterizedTest
    @EnumSource(Waiting.class)
    void aProducerThatFoundTheRingFullLetsThreeQuartersOfItDrain(Waiting strategy) {
        DataBlockProducer out = hub.hub().create(spec.slots(8).waiting(strategy));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        int most = 0;
        for (int round = 0; round < 100 && most < 6; round++) {
            while (out.claim(Duration.ZERO) == Claim.CLAIMED) out.commit(8, 0);
            most = Math.max(most, readWhileClaiming(out, in));
            out.commit(8, 0);
        }
        assertTrue(most >= 6, "slots read=" + most);
    }

    /// One slot at each look at the clock; how many until the claim went through.
    private int readWhileClaiming(DataBlockProducer out, DataBlockConsumer in) {
        int[] read = {0};
        boolean[] reading = {false};
        Thread thread = Thread.currentThread(); // housekeeping looks at the clock too
        hub.kernel.atClock = () -> {
            if (reading[0] || Thread.currentThread() != thread) return;
            reading[0] = true;
            if (in.next(Duration.ZERO) == Next.SLOT && in.release()) read[0]++;
            reading[0] = false;
        };
        try {
            assertEquals(Claim.CLAIMED, out.claim(LONG));
        } finally {
            hub.kernel.atClock = () -> {};
        }
        return read[0];
    }

    @ParameterizedTest
    @CsvSource({"SPIN, false", "BACKOFF, false", "BLOCK, false", "SPIN, true", "BACKOFF, true", "BLOCK, true"})
    void twoThatWaitForEachOtherPassEverySlot(Waiting strategy, boolean virtual) {
        int count = strategy == Waiting.SPIN ? 2_000 : 400;
        DataBlockProducer out = hub.hub().create(spec.slots(1).waiting(strategy));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless().waiting(strategy));
        Background<Void> writer = start(virtual, () -> {
            write(out, count);
            out.close();
            return null;
        });
        Background<Integer> reader = start(virtual, () -> {
            int read = 0;
            while (in.next(LONG) == Next.SLOT) assertEquals(read++, in.user());
            return read;
        });
        writer.result();
        assertEquals(count, reader.result());
        assertEquals(0, in.missed());
    }

    @ParameterizedTest
    @EnumSource
    void aWaitEndsAtItsTimeout(Waiting strategy) {
        DataBlockProducer out = hub.hub().create(spec.waiting(strategy));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless().waiting(strategy));
        long begin = System.nanoTime();
        assertEquals(Next.TIMEOUT, in.next(Duration.ofMillis(30)));
        write(out, 3);
        assertEquals(Claim.FULL, out.claim(Duration.ofMillis(30)));
        assertTrue(System.nanoTime() - begin >= Duration.ofMillis(60).toNanos());
    }

    @Test
    void aSleepingConsumerIsWokenByTheBellAlone() {
        hub.kernel.sleepsEndByRingsOnly = true;
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        Block look = hub.block("b", Block.Use.LOOK);
        for (int n = 0; n < 20; n++) {
            int bell = Words.acquireInt(look.state, StateLayout.BELL);
            Background<Next> reader = Background.run(() -> {
                Next next = in.next(LONG);
                in.release();
                return next;
            });
            eventually(() -> Words.acquireInt(look.control, ControlLayout.CONSUMERS_ASLEEP) == 1);
            write(out, 1);
            assertEquals(bell + 1, Words.acquireInt(look.state, StateLayout.BELL));
            assertEquals(Next.SLOT, reader.result());
        }
    }

    @Test
    void oneRingWakesAllSleepers() {
        hub.kernel.sleepsEndByRingsOnly = true;
        DataBlockProducer out = hub.hub().create(spec);
        Block look = hub.block("b", Block.Use.LOOK);
        List<Background<Next>> readers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.observer());
            readers.add(Background.run(() -> in.next(LONG)));
        }
        eventually(() -> Words.acquireInt(look.control, ControlLayout.CONSUMERS_ASLEEP) == 1);
        write(out, 1);
        for (Background<Next> reader : readers) assertEquals(Next.SLOT, reader.result());
    }

    @Test
    void aSleepingProducerIsWokenByTheBellAlone() {
        hub.kernel.sleepsEndByRingsOnly = true;
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        Block look = hub.block("b", Block.Use.LOOK);
        write(out, 3);
        for (int n = 0; n < 20; n++) {
            Background<Void> writer = Background.run(() -> {
                write(out, 1);
                return null;
            });
            eventually(() -> Words.acquireInt(look.control, ControlLayout.PRODUCER_ASLEEP) == 1);
            assertEquals(Next.SLOT, in.next(Duration.ZERO));
            assertTrue(in.release());
            writer.result();
        }
    }

    @Test
    void theCloseOfTheGatingConsumerWakesTheProducer() {
        hub.kernel.sleepsEndByRingsOnly = true;
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        Block look = hub.block("b", Block.Use.LOOK);
        write(out, 3);
        Background<Claim> writer = Background.run(() -> out.claim(LONG));
        eventually(() -> Words.acquireInt(look.control, ControlLayout.PRODUCER_ASLEEP) == 1);
        in.close();
        assertEquals(Claim.CLAIMED, writer.result());
    }

    @Test
    void aDrainIsWokenByTheLastRelease() {
        hub.kernel.sleepsEndByRingsOnly = true;
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        Block look = hub.block("b", Block.Use.LOOK);
        write(out, 1);
        Background<Boolean> drain = Background.run(() -> out.drain(LONG));
        eventually(() -> Words.acquireInt(look.control, ControlLayout.PRODUCER_ASLEEP) == 1);
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertTrue(in.release());
        assertTrue(drain.result());
    }

    @Test
    void theEndOfTheStreamWakesSleepers() {
        hub.kernel.sleepsEndByRingsOnly = true;
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        Block look = hub.block("b", Block.Use.LOOK);
        Background<Next> reader = Background.run(() -> in.next(LONG));
        eventually(() -> Words.acquireInt(look.control, ControlLayout.CONSUMERS_ASLEEP) == 1);
        out.close();
        assertEquals(Next.END, reader.result());
    }

    @Test
    void aStateBlocksReadersAreWokenToo() {
        hub.kernel.sleepsEndByRingsOnly = true;
        DataBlockProducer out = hub.hub().create(spec.slots(1).policy(SyncPolicy.LATEST_ONLY));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.pinned());
        Block look = hub.block("b", Block.Use.LOOK);
        Background<Next> reader = Background.run(() -> in.next(LONG));
        eventually(() -> Words.acquireInt(look.control, ControlLayout.CONSUMERS_ASLEEP) == 1);
        write(out, 1);
        assertEquals(Next.SLOT, reader.result());
    }

    @Test
    void aProducerThatIsAtTheGateAcknowledgesAJoin() {
        DataBlockProducer out = hub.hub().create(spec);
        hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 3);
        Background<Claim> writer = waiting(false, () -> out.claim(LONG));
        hub.hub().attach("b", ConsumerSpec.lossless());
        Block look = hub.block("b", Block.Use.LOOK);
        eventually(() -> Words.acquire(look.state, StateLayout.ACK_EPOCH)
                == Words.acquire(look.control, ControlLayout.JOIN_EPOCH));
        assertTrue(writer.running());
        out.close();
        assertRefusal(ErrorCode.HANDLE_CLOSED, writer.failure());
    }

    @Test
    void whoeverSleepsNextToAnUnregisteredPeerLooksAgainByItself() {
        hub.kernel.barriers = false;
        DataBlockProducer out = hub.hub().create(spec.slots(1));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        Block look = hub.block("b", Block.Use.CONSUME);
        AtomicBoolean done = new AtomicBoolean();
        Background<Void> thief = Background.run(() -> {
            while (!done.get()) {
                Words.releaseInt(look.control, ControlLayout.CONSUMERS_ASLEEP, 0);
                Words.releaseInt(look.control, ControlLayout.PRODUCER_ASLEEP, 0);
                Thread.onSpinWait();
            }
            return null;
        });
        Background<Void> writer = Background.run(() -> {
            write(out, 200);
            return null;
        });
        for (int n = 0; n < 200; n++) {
            assertEquals(Next.SLOT, in.next(LONG));
            assertEquals(n, in.number());
            assertTrue(in.release());
        }
        writer.result();
        done.set(true);
        thief.result();
    }

    @ParameterizedTest
    @CsvSource({"SPIN, false", "BACKOFF, false", "BLOCK, false", "BLOCK, true"})
    void anInterruptEndsAWaitAndKeepsTheFlag(Waiting strategy, boolean virtual) {
        DataBlockProducer out = hub.hub().create(spec.waiting(strategy));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless().waiting(strategy));
        assertInterrupted(virtual, () -> in.next(LONG));
        write(out, 3);
        assertInterrupted(virtual, () -> out.claim(LONG));
        assertInterrupted(virtual, () -> out.drain(LONG));
        for (int n = 0; n < 3; n++) assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertTrue(in.release());
        write(out, 1);
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
    }

    private void assertInterrupted(boolean virtual, Callable<?> work) {
        AtomicBoolean flag = new AtomicBoolean();
        Background<?> waiting = waiting(virtual, () -> {
            try {
                return work.call();
            } finally {
                flag.set(Thread.currentThread().isInterrupted());
            }
        });
        waiting.thread().interrupt();
        assertRefusal(ErrorCode.INTERRUPTED, waiting.failure());
        assertTrue(flag.get());
    }

    @Test
    void anInterruptedThreadStillGetsWhatIsThere() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        Background<Boolean> interrupted = Background.run(() -> {
            Thread.currentThread().interrupt();
            write(out, 1);
            assertEquals(Next.SLOT, in.next(LONG));
            return Thread.currentThread().isInterrupted();
        });
        assertTrue(interrupted.result());
    }

    @Test
    void anInterruptEndsTheWaitForABlockAndForItsProducersPlace() {
        assertInterrupted(
                false, () -> hub.hub().attach("absent", ConsumerSpec.lossless().attachTimeout(LONG)));
        hub.hub().create(spec);
        assertInterrupted(false, () -> hub.hub().create(spec));
    }

    @Test
    void anInterruptEndsTheWaitForARow() {
        hub.hub().declare(spec.participants(1));
        hub.hub().attach("b", ConsumerSpec.lossless());
        assertInterrupted(false, () -> hub.hub().attach("b", ConsumerSpec.lossless()));
    }

    @Test
    void anAttachGetsTheBlockThatAppearsWhileItWaits() {
        Background<DataBlockConsumer> attach = waiting(
                false, () -> hub.hub().attach("b", ConsumerSpec.lossless().attachTimeout(LONG)));
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = attach.result();
        write(out, 1);
        assertEquals(Next.SLOT, in.next(SOON));
    }
}
