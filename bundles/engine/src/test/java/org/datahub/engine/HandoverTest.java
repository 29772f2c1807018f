package org.datahub.engine;

import static org.datahub.engine.HubFixture.eventually;
import static org.datahub.engine.Numbered.read;
import static org.datahub.engine.Numbered.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.BlockSpec;
import org.datahub.api.BufferPolicy;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.Delivery;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.WriteTransaction;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.spi.SegmentAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

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
    void itLeavesTheTableAlsoWhereItsAllocatorIsGone() {
        SegmentAllocator pages = hub.providers.allocator("thp");
        DataBlockProducer out = hub.hub().create(spec().allocator("thp"));
        GenerationTable table = new GenerationTable(((Handle) out).block.state);
        handOver(HandoverSpec.same().allocator("shm"), HubFixture.SOON);
        hub.providers.remove(pages);
        write(out, SLOTS);
        eventually(() -> table.former(2) == GenerationTable.NONE);
        assertTrue(Files.exists(hub.file("moved", "data.1")));
        out.close();
        hub.providers.add(pages, 0);
        producer();
        assertFalse(Files.exists(hub.file("moved", "data.1")));
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
    void aSuccessorThatWaitedGoesOnWhereTheStreamIsByThen() {
        DataBlockProducer out = producer();
        write(out, 3);
        hub.kernel.fault = (call, name) -> {
            if (!name.equals("data.1") || !call.equals("openWritable") || out.next() > 3) return 0;
            handOver(2 * SLOTS, 200);
            write(out, 1);
            out.close();
            return 0;
        };
        DataBlockProducer next = hub.closing(hub.open("next").create(BlockSpec.named("moved")));
        hub.kernel.fault = (call, name) -> 0;
        assertEquals(4, next.next());
        assertEquals(200, next.slotBytes());
        DataBlockConsumer in = attach(ConsumerSpec.lossless().from(StartFrom.OLDEST));
        read(in, 0, 4);
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

    @Test
    void aConsumerThatCantFollowKeepsTheStreamWhereItIs() {
        DataBlockProducer out = producer();
        DataBlockConsumer in = lossless(without("thp"));
        write(out, 2);
        DataHubException refused = refusal(() -> handOver(HandoverSpec.same().allocator("thp"), HubFixture.SOON));
        assertEquals(ErrorCode.HANDOVER_CANCELLED, refused.code());
        assertTrue(refused.problem().contains("row=0 can't follow: DH-1013"), refused::problem);
        assertEquals(1, generation());
        write(out, 2);
        read(in, 0, 4);
        assertEquals(4, handOver(SLOTS, 64)); // it is asked anew about each
        write(out, 1);
        read(in, 4, 5);
    }

    @Test
    void whoeverCantFollowIsLeftBehindIfForced() {
        DataBlockProducer out = producer();
        DataBlockConsumer left = lossless(without("thp"));
        DataBlockConsumer follows = attach(ConsumerSpec.lossless());
        write(out, 2);
        assertEquals(2, handOver(HandoverSpec.same().allocator("thp").forced(), HubFixture.SOON));
        write(out, 1);
        read(follows, 0, 3);
        write(out, 2);
        read(follows, 3, 5);
        write(out, 3); // not held up, though it has read nothing
        read(left, 0, 2);
        assertEquals(Next.END, left.next(NOW));
        assertTrue(left.endReason().contains("generation 2"), left::endReason);
        read(follows, 5, 8);
        eventually(() -> !Files.exists(hub.file("moved", "data.1")));
        assertEquals(8, handOver(SLOTS, 64)); // whoever was left behind is not asked again
    }

    @Test
    void whoeverWasLeftBehindGetsAnEndAlsoWhereTheStreamWentOnFurther() {
        DataBlockProducer out = producer();
        DataBlockConsumer left = lossless(without("thp"));
        for (int n = 0; n < 3; n++) {
            write(out, 1);
            read(left, n, n + 1); // protected by now
        }
        write(out, 1);
        assertEquals(4, handOver(HandoverSpec.same().allocator("thp").forced(), HubFixture.SOON));
        write(out, SLOTS);
        eventually(() -> !Files.exists(hub.file("moved", "data.1")));
        assertEquals(4 + SLOTS, handOver(HandoverSpec.same().allocator("shm").forced(), Duration.ofMillis(100)));
        write(out, SLOTS);
        eventually(() -> !Files.exists(hub.file("moved", "data.2")));
        read(left, 3, 4);
        assertEquals(Next.END, left.next(NOW));
        assertTrue(left.endReason().contains("generation 2"), left::endReason);
    }

    @Test
    void aNewProducerHandsOverIfItIsToldTo() {
        DataBlockProducer out = producer();
        DataBlockConsumer in = attach(ConsumerSpec.lossless());
        write(out, 3);
        out.close();
        BlockSpec larger = spec().slots(2 * SLOTS).slotBytes(200);
        assertEquals(
                ErrorCode.GEOMETRY_REFUSED,
                refusal(() -> hub.hub().create(larger)).code());
        DataBlockProducer next = hub.closing(hub.hub().create(larger.handover(HubFixture.SOON)));
        assertEquals("2 8 200", generation() + " " + next.slots() + " " + next.slotBytes());
        write(next, 2 * SLOTS);
        read(in, 0, 3 + 2 * SLOTS);
        next.close();
        hub.closing(hub.hub().create(larger.handover(NOW))); // there is nothing to hand over
        assertEquals(2, generation());
        BlockSpec fixed = spec().slots(2).align(64).handover(NOW);
        assertEquals(
                ErrorCode.GEOMETRY_REFUSED,
                refusal(() -> hub.open("other").create(fixed)).code());
    }

    @Test
    void aNewProducerThatCantHandOverLeavesTheStreamEnded() {
        DataBlockProducer out = producer();
        Block silent = silentConsumer(0);
        write(out, 2);
        out.close("had enough");
        BlockSpec larger = spec().slots(2 * SLOTS);
        DataHubException refused = refusal(() -> hub.hub().create(larger.handover(NOW)));
        assertEquals(ErrorCode.HANDOVER_CANCELLED, refused.code());
        assertEquals("had enough", hub.hub().info("moved").endReason());
        silent.lock.close(); // it dies
        hub.closing(hub.hub().create(larger.handover(HubFixture.SOON)));
        assertEquals(2 * SLOTS, hub.hub().info("moved").slots());
    }

    @Test
    void oneThatWaitsForAConsumerCanBeCancelled() {
        DataBlockProducer out = producer();
        silentConsumer(0);
        CompletableFuture<DataHubException> asked = CompletableFuture.supplyAsync(
                () -> refusal(() -> handOver(HandoverSpec.same().slots(9), HubFixture.SOON)));
        eventually(() -> !hub.hub().info("moved").otherGenerations().isEmpty());
        assertEquals(
                ErrorCode.REQUEST_REFUSED,
                refusal(() -> handOver(HandoverSpec.same().slots(9), HubFixture.SOON))
                        .code());
        hub.open("operator").admin("moved").cancelHandover(HubFixture.SOON);
        assertTrue(asked.join().problem().contains("cancelled"));
        assertFalse(Files.exists(hub.file("moved", "data.2")));
        assertEquals(
                ErrorCode.REQUEST_REFUSED,
                refusal(() -> hub.open("operator").admin("moved").cancelHandover(HubFixture.SOON))
                        .code());
        DataHubException late = refusal(() -> handOver(HandoverSpec.same().slots(9), Duration.ofMillis(100)));
        assertTrue(late.problem().contains("has answered in time: row=0"), late::problem);
        assertEquals(0, handOver(HandoverSpec.same().slots(9).forced(), Duration.ofMillis(100)));
        assertEquals(4, generation());
        write(out, 1);
    }

    @Test
    void aProducerThatBeganLateDoesNotGoOverWhenNobodyWaitsAnyMore() {
        DataBlockProducer out = producer();
        Block silent = silentConsumer(0);
        WriteTransaction open = out.begin(NOW);
        Background<Long> asked =
                Background.run(() -> handOver(HandoverSpec.same().slots(2 * SLOTS), Duration.ofSeconds(3)));
        long begin = System.nanoTime();
        eventually(() -> System.nanoTime() - begin > 2_500_000_000L); // so long it is inside
        open.commit();
        DataHubException refused = (DataHubException) asked.failure();
        assertEquals(ErrorCode.HANDOVER_CANCELLED, refused.code());
        assertTrue(refused.problem().contains("not over in time"), refused::problem);
        silent.lock.close(); // it dies, and nobody is waited for
        write(out, 1);
        assertEquals(1, generation());
        handOver(2 * SLOTS, 64);
    }

    @Test
    void whereTheProducerCantBeToldItIsSaidThatItMayStillGoOver() {
        DataBlockProducer out = producer();
        Block silent = silentConsumer(0);
        Background<Long> asked =
                Background.run(() -> handOver(HandoverSpec.same().slots(2 * SLOTS), Duration.ofMillis(800)));
        eventually(() -> !hub.hub().info("moved").otherGenerations().isEmpty());
        WriteTransaction open = out.begin(NOW);
        DataHubException silence = (DataHubException) asked.failure();
        assertEquals(ErrorCode.PRODUCER_SILENT, silence.code());
        assertTrue(silence.problem().contains("may still go over: generation=2"), silence::problem);
        silent.lock.close(); // it dies: then nobody is missing
        open.commit();
        eventually(() -> generation() == 2);
    }

    @Test
    void whatCantBeIsCancelledAndSaysWhy() {
        producer();
        for (HandoverSpec wrong : List.of(
                HandoverSpec.same().allocator("nowhere"),
                HandoverSpec.same().slots(1L << 50),
                HandoverSpec.same().slots(1L << 38),
                HandoverSpec.same().slotBytes(1L << 40))) {
            DataHubException refused = refusal(() -> handOver(wrong, HubFixture.SOON));
            assertEquals(ErrorCode.HANDOVER_CANCELLED, refused.code(), wrong::toString);
            assertEquals(1, generation());
        }
        assertThrows(IllegalArgumentException.class, () -> HandoverSpec.same().slots(-1));
    }

    @Test
    void aSmallerCapacityGatesFromTheCutOn() {
        DataBlockProducer out = producer();
        DataBlockConsumer in = attach(ConsumerSpec.lossless());
        write(out, SLOTS);
        handOver(1, 64);
        write(out, 1); // the gate of the new generation counts from its first slot
        assertEquals(Claim.FULL, out.claim(NOW));
        read(in, 0, SLOTS + 1);
        eventually(() -> !Files.exists(hub.file("moved", "data.1")));
        write(out, 1);
    }

    @Test
    void theNewestValueIsThereBeforeAndAfter() {
        BlockSpec value = BlockSpec.named("moved")
                .slotBytes(64)
                .policy(SyncPolicy.LATEST_ONLY)
                .slots(1);
        DataBlockProducer out = hub.closing(hub.hub().create(value));
        DataBlockConsumer pinned = attach(ConsumerSpec.pinned());
        DataBlockConsumer observer = attach(ConsumerSpec.observer());
        write(out, 3);
        read(observer, 2, 3);
        assertEquals(3, handOver(2, 128));
        read(attach(ConsumerSpec.observer()), 2, 3);
        read(pinned, 2, 3);
        assertEquals(Next.TIMEOUT, observer.next(NOW)); // it has seen that
        eventually(() -> !Files.exists(hub.file("moved", "data.1")));
        write(out, 1);
        read(pinned, 3, 4);
        read(observer, 3, 4);
        DataHubException fewer = refusal(() -> handOver(3, 128));
        assertTrue(fewer.problem().contains("LATEST_ONLY"), fewer::problem);
        out.write(tx -> tx.length(100));
        DataHubException narrow = refusal(() -> handOver(1, 64));
        assertTrue(narrow.problem().contains("does not fit"), narrow::problem);
    }

    @Test
    void aValueThatGrowsMeanwhileStaysWhereItIs() {
        DataBlockProducer out = hub.closing(hub.hub()
                .create(BlockSpec.named("moved")
                        .slotBytes(64)
                        .policy(SyncPolicy.LATEST_ONLY)
                        .slots(1)));
        out.write(tx -> tx.length(8));
        hub.kernel.fault = (call, name) -> {
            if (call.equals("create") && name.equals("data.2")) out.write(tx -> tx.length(40));
            return 0;
        };
        DataHubException narrow = refusal(() -> handOver(1, 32));
        assertEquals(ErrorCode.HANDOVER_CANCELLED, narrow.code());
        assertTrue(narrow.problem().contains("does not fit"), narrow::problem);
        assertEquals(1, generation());
        assertFalse(Files.exists(hub.file("moved", "data.2")));
    }

    @Test
    void whatAProducerPreparedAndDidNotCutOverToIsTakenAwayByTheNext() {
        DataBlockProducer out = producer();
        DataBlockConsumer in = attach(ConsumerSpec.lossless());
        write(out, 2);
        Block silent = silentConsumer(2);
        ((Producer) out).handover.begin(new Handover.Wanted("shm", 9, 64, false, Long.MAX_VALUE / 4));
        eventually(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("datahub-handover-moved"))); // it dies with its process
        assertFalse(hub.hub().info("moved").otherGenerations().isEmpty());
        hub.kill(out);
        new Rows(silent).clean(1); // it leaves
        DataBlockProducer next = producer();
        assertEquals(1, generation());
        assertTrue(hub.hub().info("moved").otherGenerations().isEmpty());
        write(next, 1);
        read(in, 0, 3);
        assertEquals(3, handOver(5, 64));
        write(next, 1);
        read(in, 3, 4);
    }

    /// Housekeeping looks without a lock: what it looks at can be gone at the next instant.
    @Test
    void aHandoverMayBeOverWhileItIsLookedAt() throws Exception {
        Producer out = (Producer) producer();
        silentConsumer(0);
        CompletableFuture<DataHubException> asked = CompletableFuture.supplyAsync(() -> refusal(() -> handOver(8, 64)));
        Thread looker = Thread.currentThread();
        AtomicBoolean gone = new AtomicBoolean();
        hub.kernel.atClock = () -> {
            if (Thread.currentThread() != looker || gone.getAndSet(true)) return;
            hub.open("operator").admin("moved").cancelHandover(HubFixture.SOON);
            assertEquals(ErrorCode.HANDOVER_CANCELLED, asked.join().code());
        };
        while (!gone.get()) out.handover.due();
    }

    @Test
    void aBlockStaysOfOneDiscipline() throws IOException {
        hub.hub()
                .declare(BlockSpec.named("moved")
                        .slotBytes(64)
                        .policy(SyncPolicy.LATEST_ONLY)
                        .slots(1));
        hub.pokeInt("moved", "state", StateLayout.BUFFER_POLICY, BufferPolicy.RING_BUFFER.ordinal());
        assertEquals(ErrorCode.FILE_INVALID, refusal(this::generation).code());
    }

    /// A row of which the owner does not answer.
    private Block silentConsumer(long next) {
        Block block = hub.block("moved", Block.Use.CONSUME);
        Rows rows = new Rows(block);
        int row = rows.take(Delivery.LOSSLESS);
        rows.introduce(row, block.kernel.identity(), block.kernel.barriers(), "silent");
        rows.activate(row, Delivery.LOSSLESS, next);
        return block;
    }

    private static DataHubException refusal(Executable call) {
        return assertThrows(DataHubException.class, call);
    }

    private Providers without(String allocator) {
        Providers providers = new Providers();
        for (SegmentAllocator each : ServiceLoader.load(SegmentAllocator.class)) {
            if (!each.name().equals(allocator)) providers.add(each, 0);
        }
        providers.add(hub.crc32c, 0);
        return providers;
    }

    private DataBlockConsumer lossless(Providers providers) {
        return hub.closing(hub.open("poor", hub.path(), providers).attach("moved", ConsumerSpec.lossless()));
    }
}
