package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.datahub.api.BadSlot;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.Next;
import org.datahub.api.StallPolicy;
import org.datahub.api.StartFrom;
import org.datahub.api.layout.ConsumerCounters;
import org.datahub.api.layout.ProducerCounters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Every counter is moved by something that happens.
@Deadline
class CountersTest {
    private static final Duration NOW = Duration.ZERO;
    private static final int SLOTS = 4;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final Set<String> moved = new TreeSet<>();

    private DataBlockProducer producer(StallPolicy policy, Duration timeout) {
        return hub.closing(hub.hub()
                .create(BlockSpec.named("count")
                        .slotBytes(64)
                        .slots(SLOTS)
                        .batch(3)
                        .writeTimeout(timeout)
                        .stall(Duration.ofMillis(1), policy)));
    }

    private DataBlockConsumer attach(ConsumerSpec spec) {
        return hub.closing(hub.hub().attach("count", spec));
    }

    private Map<String, Long> ofProducer() {
        return hub.hub().info("count").counters();
    }

    private Map<String, Long> ofConsumer(DataBlockConsumer in) {
        return hub.hub().info("count").rows().stream()
                .filter(row -> row.index() == ((ConsumerHandle) in).row())
                .findFirst()
                .orElseThrow()
                .counters();
    }

    /// A counter is stored with the beat: it reaches `value` soon.
    private void reaches(String counter, long value, Supplier<Map<String, Long>> counters) {
        long deadline = System.nanoTime() + HubFixture.SOON.toNanos();
        while (counters.get().get(counter) != value) {
            assertTrue(
                    System.nanoTime() < deadline, counter + "=" + counters.get().get(counter) + ", not " + value);
            Thread.onSpinWait();
        }
        moved.add(counter);
    }

    private void moves(String counter, Supplier<Map<String, Long>> counters) {
        long deadline = System.nanoTime() + HubFixture.SOON.toNanos();
        while (counters.get().get(counter) == 0) {
            assertTrue(System.nanoTime() < deadline, counter + " stands still");
            Thread.onSpinWait();
        }
        moved.add(counter);
    }

    private static void write(DataBlockProducer out, int count) {
        for (int i = 0; i < count; i++) out.write(tx -> tx.length(10));
    }

    @Test
    void aProducerCounts() {
        DataBlockProducer out = producer(StallPolicy.EVICT, HubFixture.SOON);
        write(out, 2);
        out.writeBatch(3, batch -> {});
        out.claim(NOW);
        out.abort();
        reaches("slots", 5, this::ofProducer);
        reaches("payload_bytes", 2 * 10 + 3 * 64, this::ofProducer);
        reaches("batches", 1, this::ofProducer);
        reaches("largest_batch", 3, this::ofProducer);
        reaches("aborts", 1, this::ofProducer);
        DataBlockConsumer stalled = attach(ConsumerSpec.lossless());
        write(out, SLOTS);
        assertEquals(org.datahub.api.Claim.FULL, out.claim(NOW));
        reaches("write_timeouts", 1, this::ofProducer);
        write(out, 1);
        reaches("evictions", 1, this::ofProducer);
        moves("scans", this::ofProducer);
        reaches("waits", 2, this::ofProducer);
        moves("wait_ns", this::ofProducer);
        assertEquals(
                2,
                ofProducer().entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("wait_buckets"))
                        .mapToLong(Map.Entry::getValue)
                        .sum());
        stalled.close();
        DataBlockConsumer dead = attach(ConsumerSpec.lossless());
        ((ConsumerHandle) dead).fail(((ConsumerHandle) dead).block.gone());
        ((ConsumerHandle) dead).block.lock.close();
        write(out, SLOTS + 1);
        reaches("reclaims", 1, this::ofProducer);
        hub.providers.remove(hub.crc32c);
        assertThrows(DataHubException.class, () -> out.claim(NOW));
        reaches("unsealed_waits", 1, this::ofProducer);
        assertMoved(
                ProducerCounters.LAYOUT, "wait_buckets", "rings", "key_epochs"); // in the next test, in KeyEpochsTest
    }

    /// Every counter of the table was moved above, but those that are looked at elsewhere.
    private void assertMoved(StructLayout table, String... elsewhere) {
        Set<String> expected = new TreeSet<>();
        for (MemoryLayout member : table.memberLayouts()) member.name().ifPresent(expected::add);
        expected.removeAll(Set.of(elsewhere));
        assertEquals(expected, moved);
    }

    @Test
    void aSleeperThatIsRungCountsForTheRinger() {
        DataBlockProducer out = producer(StallPolicy.BLOCK, HubFixture.SOON);
        DataBlockConsumer in = attach(ConsumerSpec.lossless());
        long deadline = System.nanoTime() + HubFixture.SOON.toNanos();
        while (ofProducer().get("rings") == 0) {
            assertTrue(System.nanoTime() < deadline, "nobody was rung");
            Background<Next> asleep = Background.run(() -> in.next(HubFixture.SOON));
            while (asleep.thread().getState() == Thread.State.NEW) Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(3_000_000); // past its spinning
            write(out, 1);
            assertEquals(Next.SLOT, asleep.result());
            in.release();
        }
    }

    @Test
    void aConsumerCounts() throws Exception {
        DataBlockProducer out = producer(StallPolicy.EVICT, HubFixture.SOON);
        DataBlockConsumer in = attach(ConsumerSpec.lossless().badSlot(BadSlot.SKIP));
        write(out, 1);
        assertEquals(Next.SLOT, in.next(NOW));
        in.release();
        assertEquals(Next.TIMEOUT, in.next(NOW));
        reaches("payload_bytes", 10, () -> ofConsumer(in));
        reaches("timeouts", 1, () -> ofConsumer(in));
        reaches("waits", 1, () -> ofConsumer(in));
        moves("wait_ns", () -> ofConsumer(in));
        write(out, 3);
        in.nextBatch(3, NOW);
        in.release();
        reaches("batches", 1, () -> ofConsumer(in));
        write(out, 3 * SLOTS);
        assertEquals(Next.GAP, in.next(NOW));
        moves("evicted", () -> ofConsumer(in));
        reaches("joins", 2, () -> ofConsumer(in));
        write(out, 1);
        while (in.next(NOW) == Next.SLOT) in.release();
        write(out, 1);
        Block block = ((ConsumerHandle) in).block;
        hub.flip("count", "data.1", block.geometry.cellOf(in.number()) + 32);
        assertEquals(Next.GAP, in.next(NOW));
        reaches("corrupt", 1, () -> ofConsumer(in));
        reaches("bad", 1, () -> ofConsumer(in));
        DataBlockConsumer refusing = attach(ConsumerSpec.observer()
                .from(StartFrom.OLDEST)
                .accept("blake2b-256")
                .badSlot(BadSlot.DELIVER));
        assertEquals(Next.SLOT, refusing.next(NOW));
        refusing.release();
        reaches("refused", 1, () -> ofConsumer(refusing));
        reaches("copies", 1, () -> ofConsumer(refusing));
        write(out, 1);
        while (in.next(NOW) == Next.SLOT) in.release();
        DataBlockConsumer observer = attach(ConsumerSpec.observer());
        write(out, 1);
        while (in.next(NOW) == Next.SLOT) in.release();
        for (int i = 0; i < 2 * SLOTS; i++) {
            write(out, 1);
            assertEquals(Next.SLOT, in.next(NOW));
            in.release();
        }
        assertEquals(Next.GAP, observer.next(NOW));
        moves("overrun", () -> ofConsumer(observer));
        DataBlockConsumer newest =
                attach(ConsumerSpec.observer().from(StartFrom.OLDEST).newestEach(Duration.ofMillis(1)));
        assertEquals(Next.SLOT, newest.next(HubFixture.SOON));
        moves("superseded", () -> ofConsumer(newest));
        assertTrue(ofConsumer(in).entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("residence_buckets"))
                        .mapToLong(Map.Entry::getValue)
                        .sum()
                > 0);
        assertMoved(ConsumerCounters.LAYOUT, "wait_buckets", "residence_buckets", "rings");
        HubFixture.eventually(() -> {
            Map<String, Long> counters = ofConsumer(in); // while a beat stores them they may not fit together
            return counters.get("waits")
                    == counters.entrySet().stream()
                            .filter(entry -> entry.getKey().startsWith("wait_buckets"))
                            .mapToLong(Map.Entry::getValue)
                            .sum();
        });
    }

    @Test
    void aConsumerThatWakesTheProducerCountsTheRing() {
        DataBlockProducer out = producer(StallPolicy.BLOCK, HubFixture.SOON);
        DataBlockConsumer in = attach(ConsumerSpec.lossless());
        long deadline = System.nanoTime() + HubFixture.SOON.toNanos();
        while (ofConsumer(in).get("rings") == 0) {
            assertTrue(System.nanoTime() < deadline, "nobody was rung");
            Background<Integer> writer = Background.run(() -> {
                write(out, SLOTS + 1);
                return 0;
            });
            for (int i = 0; i <= SLOTS; i++) {
                java.util.concurrent.locks.LockSupport.parkNanos(3_000_000); // past its spinning
                assertEquals(Next.SLOT, in.next(HubFixture.SOON));
                in.release();
            }
            writer.result();
        }
    }
}
