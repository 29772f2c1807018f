package org.datahub.engine;

import static org.datahub.engine.Numbered.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.GapReason;
import org.datahub.api.Next;
import org.datahub.api.StallPolicy;
import org.datahub.api.StartFrom;
import org.datahub.api.layout.SlotHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What becomes of a live consumer that does not read.
@Deadline
class EvictionTest {
    private static final Duration NOW = Duration.ZERO;
    private static final int SLOTS = 4;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private DataBlockProducer producer(StallPolicy policy, Duration stall) {
        return hub.closing(hub.hub()
                .create(BlockSpec.named("stall")
                        .slotBytes(64)
                        .slots(SLOTS)
                        .writeTimeout(HubFixture.SOON)
                        .stall(stall, policy)));
    }

    private DataBlockConsumer lossless() {
        return hub.closing(hub.hub().attach("stall", ConsumerSpec.lossless()));
    }

    @Test
    void anEvictedConsumerLearnsWhatItLostAndIsProtectedAgain() {
        DataBlockProducer out = producer(StallPolicy.EVICT, Duration.ofMillis(1));
        DataBlockConsumer in = lossless();
        write(out, 1);
        assertEquals(Next.SLOT, in.next(NOW));
        assertTrue(in.release());
        write(out, 20);
        assertEquals(Next.GAP, in.next(NOW));
        assertEquals(GapReason.EVICTED, in.gapReason());
        assertEquals(1, in.gapFrom());
        assertEquals(21 - SLOTS, in.gapTo());
        write(out, 1); // acknowledges the new join, and may overwrite nothing from here on
        long expected = 21 - SLOTS;
        while (in.next(NOW) == Next.SLOT) {
            assertEquals(expected, in.segment().get(ValueLayout.JAVA_LONG, in.offset()));
            expected++;
            assertTrue(in.release());
        }
        assertEquals(22, in.received() + in.missed());
    }

    @Test
    void aSlotThatIsOverwrittenWhileAnEvictedConsumerReadsItIsLostNotRead() {
        DataBlockProducer out = producer(StallPolicy.EVICT, Duration.ofMillis(1));
        DataBlockConsumer in = lossless();
        write(out, 1);
        in.next(NOW);
        in.release();
        write(out, 1);
        assertEquals(Next.SLOT, in.next(NOW));
        assertTrue(in.intact());
        write(out, 2 * SLOTS);
        assertFalse(in.intact());
        assertFalse(in.release());
        assertEquals(GapReason.EVICTED, in.gapReason());
        assertEquals(1, in.gapFrom());
        assertEquals(2, in.gapTo());
    }

    @Test
    void aSlotThatIsOverwrittenWhileItIsVerifiedIsLostByTheEviction() throws IOException {
        TestIntegrity sums = new TestIntegrity("sums", 200);
        hub.providers.add(sums, 0);
        DataBlockProducer out = hub.closing(hub.hub()
                .create(BlockSpec.named("stall")
                        .slotBytes(64)
                        .slots(SLOTS)
                        .integrity("sums")
                        .stall(Duration.ofMillis(1), StallPolicy.EVICT)));
        DataBlockConsumer in =
                hub.closing(hub.hub().attach("stall", ConsumerSpec.lossless().accept("sums")));
        write(out, 1);
        assertEquals(Next.SLOT, in.next(NOW));
        assertTrue(in.release());
        write(out, 1);
        Geometry geometry = hub.block("stall", Block.Use.LOOK).geometry;
        hub.flip("stall", "data.1", geometry.cellOf(1) + SlotHeader.BYTES);
        AtomicBoolean written = new AtomicBoolean();
        sums.whileVerifying = () -> {
            if (written.compareAndSet(false, true)) write(out, 2 * SLOTS);
        };
        assertEquals(Next.GAP, in.next(NOW));
        assertTrue(written.get());
        assertEquals(GapReason.EVICTED, in.gapReason());
        assertEquals("1..2", in.gapFrom() + ".." + in.gapTo());
    }

    @Test
    void aConsumerThatReadsIsNeverEvicted() {
        DataBlockProducer out = producer(StallPolicy.EVICT, Duration.ofMillis(200));
        DataBlockConsumer in = lossless();
        Background<Long> reader = Background.run(() -> {
            Next next;
            do {
                next = in.read(
                        HubFixture.SOON,
                        slot -> assertEquals(slot.number(), slot.payload().get(ValueLayout.JAVA_LONG, 0)));
            } while (next == Next.SLOT);
            assertEquals(Next.END, next);
            return in.missed();
        });
        write(out, 20_000);
        out.close();
        assertEquals(0, reader.result());
    }

    @Test
    void theWriteFailsNamingTheStalledConsumer() {
        DataBlockProducer out = producer(StallPolicy.FAIL, Duration.ofMillis(1));
        DataBlockConsumer in = lossless();
        write(out, SLOTS);
        DataHubException stalled = assertThrows(DataHubException.class, () -> write(out, 1));
        assertEquals(ErrorCode.CONSUMER_STALLED, stalled.code());
        assertTrue(stalled.problem().contains("pid=" + ProcessHandle.current().pid()), stalled.problem());
        in.next(NOW);
        in.release();
        write(out, 1);
    }

    @Test
    void aStallGoesOnOverSeveralWritesThatTimeOut() {
        DataBlockProducer out = producer(StallPolicy.EVICT, Duration.ofSeconds(10));
        DataBlockConsumer in = lossless();
        write(out, 1);
        assertEquals(Next.SLOT, in.next(NOW));
        assertTrue(in.release());
        write(out, SLOTS);
        hub.kernel.hurries = true;
        Duration timeout = Duration.ofSeconds(4);
        int full = 0;
        while (out.claim(timeout) == Claim.FULL) full++;
        out.commit(0);
        assertTrue(full >= 2, "evicted too early, after " + full);
        write(out, 1);
        assertEquals(Next.GAP, in.next(NOW));
        assertEquals(GapReason.EVICTED, in.gapReason());
    }

    @Test
    void whoTakesTheRowOfAStalledConsumerHasNotStalled() {
        DataBlockProducer out = producer(StallPolicy.EVICT, Duration.ofSeconds(10));
        DataBlockConsumer stalled = lossless();
        write(out, SLOTS);
        hub.kernel.hurries = true;
        assertEquals(Claim.FULL, out.claim(Duration.ofSeconds(7)));
        stalled.close();
        DataBlockConsumer in =
                hub.closing(hub.hub().attach("stall", ConsumerSpec.lossless().from(StartFrom.OLDEST)));
        assertEquals(Claim.FULL, out.claim(Duration.ofSeconds(7)));
        for (long n = 0; n < SLOTS; n++) {
            assertEquals(Next.SLOT, in.next(NOW));
            assertEquals(n, in.number());
            assertTrue(in.release());
        }
    }

    @Test
    void aSuccessorTakesOverTheEvictionsOfItsPredecessor() {
        DataBlockProducer out = producer(StallPolicy.EVICT, Duration.ofMillis(1));
        DataBlockConsumer in = protectedAt(out);
        write(out, 2 * SLOTS);
        hub.kill(out);
        DataBlockProducer next = producer(StallPolicy.BLOCK, Duration.ofMillis(1));
        write(next, SLOTS); // nobody gates it
        assertEquals(Next.GAP, in.next(NOW));
        assertEquals(GapReason.EVICTED, in.gapReason());
        assertEquals(1 + 2 * SLOTS, in.gapTo()); // and joins anew
        for (long n = 1 + 2 * SLOTS; n < 1 + 4 * SLOTS; n++) {
            assertEquals(Next.SLOT, in.next(NOW));
            assertEquals(n, in.number());
            in.release();
            write(next, 1);
        }
    }

    @Test
    void aSuccessorCountsWhoHasJoinedAnewSince() {
        DataBlockProducer out = producer(StallPolicy.EVICT, Duration.ofMillis(1));
        DataBlockConsumer in = protectedAt(out);
        write(out, 2 * SLOTS);
        assertEquals(Next.GAP, in.next(NOW)); // joins anew, and nobody has seen it yet
        hub.kill(out);
        DataBlockProducer next = hub.closing(hub.hub()
                .create(BlockSpec.named("stall").slotBytes(64).slots(SLOTS).writeTimeout(NOW)));
        assertThrows(DataHubException.class, () -> write(next, 1));
        for (long n = 1 + SLOTS; n < 1 + 2 * SLOTS; n++) {
            assertEquals(Next.SLOT, in.next(NOW));
            assertEquals(n, in.number());
            assertTrue(in.release());
        }
        assertEquals(SLOTS, in.missed());
    }

    /// A consumer that has read slot 0 and knows that it is protected.
    private DataBlockConsumer protectedAt(DataBlockProducer out) {
        DataBlockConsumer in = lossless();
        write(out, 1);
        assertEquals(Next.SLOT, in.next(NOW));
        assertTrue(in.release());
        return in;
    }

    @Test
    void aProducerThatRequiresAConsumerWaitsForOne() {
        DataBlockProducer out = hub.closing(hub.hub()
                .create(BlockSpec.named("stall")
                        .slotBytes(64)
                        .slots(SLOTS)
                        .writeTimeout(NOW)
                        .requireConsumer(true)));
        assertThrows(DataHubException.class, () -> write(out, 1));
        DataBlockConsumer in = lossless();
        write(out, SLOTS);
        assertEquals(Next.SLOT, in.next(NOW));
        assertEquals(0, in.number());
    }
}
