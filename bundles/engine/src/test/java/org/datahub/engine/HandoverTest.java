package org.datahub.engine;

import static org.datahub.engine.HubFixture.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.admin.HandoverSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A block whose stream goes on in another generation.
@Deadline
class HandoverTest {
    private static final Duration NOW = Duration.ZERO;
    private static final int SLOTS = 4;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private static BlockSpec spec() {
        return BlockSpec.named("moved").slotBytes(64).slots(SLOTS).writeTimeout(HubFixture.SOON);
    }

    private DataBlockProducer producer() {
        return hub.closing(hub.hub().create(spec()));
    }

    private DataBlockConsumer attach(ConsumerSpec spec) {
        return hub.closing(hub.open("consumer").attach("moved", spec));
    }

    private static void write(DataBlockProducer out, int count) {
        for (int i = 0; i < count; i++) out.write(tx -> tx.payload().set(ValueLayout.JAVA_LONG, 0, tx.number()));
    }

    private static void read(DataBlockConsumer in, long from, long to) {
        for (long n = from; n < to; n++) {
            long wanted = n;
            assertEquals(Next.SLOT, in.read(HubFixture.SOON, slot -> {
                assertEquals(wanted, slot.number());
                assertEquals(wanted, slot.payload().get(ValueLayout.JAVA_LONG, 0));
            }));
        }
    }

    /// Its first slot.
    private long handOver(long slots, long slotBytes) {
        return handOver(HandoverSpec.same().slots(slots).slotBytes(slotBytes), HubFixture.SOON);
    }

    private long handOver(HandoverSpec spec, Duration timeout) {
        return hub.open("operator").admin("moved").handover(spec, timeout);
    }

    private long generation() {
        return hub.hub().info("moved").generation();
    }

    @Test
    void aConsumerFollowsAndMissesNothing() {
        DataBlockProducer out = producer();
        DataBlockConsumer lossless = attach(ConsumerSpec.lossless());
        DataBlockConsumer observer = attach(ConsumerSpec.observer());
        write(out, 3);
        handOver(2 * SLOTS, 200);
        assertEquals(2, generation());
        assertEquals(200, out.slotBytes());
        assertTrue(Files.exists(hub.file("moved", "data.1"))); // its slots are still to be read
        write(out, 2);
        read(lossless, 0, 5);
        read(observer, 0, 5);
    }

    @Test
    void theFormerGenerationGoesWhenNobodyNeedsIt() {
        DataBlockProducer out = producer();
        DataBlockConsumer lossless = attach(ConsumerSpec.lossless());
        write(out, 3);
        handOver(SLOTS, 64);
        assertEquals(2, generation());
        write(out, SLOTS);
        assertTrue(Files.exists(hub.file("moved", "data.1")));
        read(lossless, 0, 3 + SLOTS);
        eventually(() -> !Files.exists(hub.file("moved", "data.1")));
        handOver(SLOTS, 64);
        assertEquals(3, generation());
        write(out, 1);
        read(lossless, 3 + SLOTS, 4 + SLOTS);
    }

    @Test
    void theOldestSlotsAreFoundInTheGenerationThatHoldsThem() {
        DataBlockProducer out = producer();
        write(out, 3);
        handOver(SLOTS, 64);
        assertEquals(2, generation());
        write(out, 2);
        DataBlockConsumer in = attach(ConsumerSpec.lossless().from(StartFrom.OLDEST));
        read(in, 0, 5);
    }

    @Test
    void aSuccessorGoesOnInTheNextGeneration() {
        DataBlockProducer out = producer();
        DataBlockConsumer in = attach(ConsumerSpec.lossless());
        write(out, 3);
        handOver(SLOTS, 64);
        assertEquals(2, generation());
        hub.kill(out);
        DataBlockProducer next = producer();
        assertEquals(3, next.next());
        write(next, SLOTS);
        read(in, 0, 3 + SLOTS);
        eventually(() -> !Files.exists(hub.file("moved", "data.1")));
        assertFalse(in.next(NOW) == Next.GAP);
    }
}
