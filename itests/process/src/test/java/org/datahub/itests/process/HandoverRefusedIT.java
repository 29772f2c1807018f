package org.datahub.itests.process;

import static org.datahub.itests.process.Homes.end;
import static org.datahub.itests.process.Homes.got;
import static org.datahub.itests.process.Homes.sawAll;
import static org.datahub.itests.process.Homes.sawTheRest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.awaitility.Awaitility;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.HandoverSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Handovers that a consumer refuses or holds up, that are cancelled, or asked for too soon; and
/// consumers that come meanwhile.
class HandoverRefusedIT {
    private static final String BLOCK = "load";
    private static final int SLOTS = 64;
    private static final int BYTES = 512;
    private static final HandoverSpec TO_FILE =
            HandoverSpec.same().allocator("file").slots(2 * SLOTS);

    // For a consumer that will not answer; a producer on a busy machine must.
    private static final Duration ANSWERS = Duration.ofSeconds(5);

    private final List<Child> children = new ArrayList<>();
    private Homes homes;

    @BeforeEach
    void open() throws Exception {
        homes = new Homes();
        homes.hub()
                .open()
                .declare(BlockSpec.named(BLOCK).slotBytes(BYTES).ring(SLOTS).policy(SyncPolicy.SEQUENTIAL_SYNC));
    }

    @AfterEach
    void close() throws Exception {
        children.forEach(Child::close);
        homes.close();
    }

    private Child start(String role, String... options) throws Exception {
        return keep(homes.peer(BLOCK, role, options));
    }

    private Child keep(Child child) {
        children.add(child);
        return child;
    }

    private Child consumer(String label, String from) throws Exception {
        Child child = start("consumer", "from=" + from, "label=" + label, "after=1");
        child.await("ready ");
        return child;
    }

    /// One that can't follow [#TO_FILE].
    private Child consumerWithoutFiles() throws Exception {
        Child child = keep(homes.peerWithout("memory.file", BLOCK, "consumer", "from=OLDEST", "label=poor", "after=1"));
        child.await("ready 0");
        return child;
    }

    private Child producer() throws Exception {
        Child child = start("producer");
        child.await("ready ");
        return child;
    }

    private BlockInfo info() {
        return homes.hub().open().info(BLOCK);
    }

    private int row(Child consumer) {
        return info().rows().stream()
                .filter(row -> row.participant().pid() == consumer.pid())
                .findFirst()
                .orElseThrow()
                .index();
    }

    private static DataHubException failure(CompletableFuture<Long> asked) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> got(asked));
        if (e.getCause() instanceof DataHubException refused) return refused;
        throw new AssertionError(e);
    }

    /// Everybody reads, and the stream goes on in the first generation.
    private void nothingChanged(long least) throws Exception {
        assertEquals(1, info().generation());
        assertEquals("shm", info().allocator());
        assertEquals(SLOTS, info().slots());
        assertEquals(List.of("data.1"), homes.segments());
        Awaitility.await().atMost(Child.PATIENCE).until(() -> info().next() > least + 10 * SLOTS);
    }

    @Test
    void whoLacksTheAllocatorRefusesAndIsNamed() throws Exception {
        Child one = consumer("one", "OLDEST");
        Child poor = consumerWithoutFiles();
        Child producer = producer();
        poor.await("reading");
        long before = info().next();
        DataHubException refused = failure(homes.ask(BLOCK, TO_FILE));
        assertEquals(ErrorCode.HANDOVER_CANCELLED, refused.code(), refused::problem);
        String named = "row=" + row(poor) + " can't follow: " + ErrorCode.ALLOCATOR_MISSING.text();
        assertTrue(refused.problem().contains(named), refused::problem);
        nothingChanged(before);
        long end = end(producer);
        sawAll(one, 0, end);
        sawAll(poor, 0, end);
    }

    @Test
    void whoLacksTheAllocatorIsLeftBehindWhereItIsForced() throws Exception {
        Child one = consumer("one", "OLDEST");
        Child poor = consumerWithoutFiles();
        Child producer = producer();
        poor.await("reading");
        long cut = homes.handOver(BLOCK, TO_FILE.forced());
        sawLeftBehind(poor, cut);
        homes.awaitRetired(BLOCK);
        assertEquals("file", info().allocator());
        sawAll(one, 0, end(producer));
    }

    @Test
    void aConsumerLeftBehindHoldsNobodyUpWhileItReadsOn() throws Exception {
        Child one = consumer("one", "OLDEST");
        Child poor = consumerWithoutFiles();
        Child producer = producer();
        poor.await("reading");
        poor.send("pause");
        poor.await("paused ");
        long cut = homes.handOver(BLOCK, TO_FILE.forced());
        homes.awaitRetired(BLOCK); // its mapping stays
        Awaitility.await().atMost(Child.PATIENCE).until(() -> info().next() > cut + 100 * SLOTS);
        poor.send("resume");
        sawLeftBehind(poor, cut);
        sawAll(one, 0, end(producer));
    }

    /// It has read all that was before the cut, and was told why no more comes.
    private static void sawLeftBehind(Child poor, long cut) throws Exception {
        String reason = poor.await("reason ");
        assertTrue(reason.contains("the stream went on in generation 2"), reason);
        assertTrue(reason.contains("allocator=file"), reason);
        sawAll(poor, 0, cut);
    }

    @Test
    void whatAStoppedConsumerHoldsUpIsCancelled() throws Exception {
        Child one = consumer("one", "OLDEST");
        Child two = consumer("two", "OLDEST");
        Child producer = producer();
        two.await("reading");
        two.stop();
        long before = info().next();
        CompletableFuture<Long> asked = homes.ask(BLOCK, TO_FILE);
        homes.awaitPrepared(BLOCK);
        homes.hub().open().admin(BLOCK).cancelHandover(Child.PATIENCE);
        DataHubException cancelled = failure(asked);
        assertEquals(ErrorCode.HANDOVER_CANCELLED, cancelled.code(), cancelled::problem);
        assertTrue(cancelled.problem().contains("an operator cancelled it"), cancelled::problem);
        two.signal("CONT");
        nothingChanged(before);
        DataHubException none = assertThrows(
                DataHubException.class, () -> homes.hub().open().admin(BLOCK).cancelHandover(Child.PATIENCE));
        assertEquals(ErrorCode.REQUEST_REFUSED, none.code());
        homes.handOver(BLOCK, TO_FILE);
        assertEquals(3, info().generation()); // the number of the cancelled one does not come back
        homes.awaitRetired(BLOCK);
        long end = end(producer);
        sawAll(one, 0, end);
        sawAll(two, 0, end);
    }

    @Test
    void aStoppedConsumerIsNamedWhenTheTimeIsUp() throws Exception {
        Child one = consumer("one", "OLDEST");
        Child two = consumer("two", "OLDEST");
        Child producer = producer();
        two.await("reading");
        two.stop();
        long before = info().next();
        DataHubException late = assertThrows(
                DataHubException.class, () -> homes.hub().open().admin(BLOCK).handover(TO_FILE, ANSWERS));
        assertEquals(ErrorCode.HANDOVER_CANCELLED, late.code(), late::problem);
        assertTrue(late.problem().contains("not every consumer has answered in time: row=" + row(two)), late::problem);
        two.signal("CONT");
        nothingChanged(before);
        long end = end(producer);
        sawAll(one, 0, end);
        sawAll(two, 0, end);
    }

    @Test
    void aStoppedConsumerFollowsLaterWhereItIsForced() throws Exception {
        Child one = consumer("one", "OLDEST");
        Child two = consumer("two", "OLDEST");
        Child producer = producer();
        two.await("reading");
        two.stop();
        long cut = homes.hub().open().admin(BLOCK).handover(TO_FILE.forced(), ANSWERS);
        assertEquals("file", info().allocator());
        // It has refused nothing, so the new generation waits for it.
        producer.await("gate " + (cut + 2 * SLOTS));
        two.signal("CONT");
        homes.awaitRetired(BLOCK);
        long end = end(producer);
        sawAll(one, 0, end);
        sawAll(two, 0, end);
    }

    @Test
    void theNextOneIsRefusedWithTheSlotsToBeWritten() throws Exception {
        try (DataBlockProducer out = homes.hub().open().create(BlockSpec.named(BLOCK))) {
            write(out, 3);
            assertEquals("cut 3", operator("slots=16").await("cut "));
            write(out, 5);
            String refused = operator("slots=32").await("failed ");
            assertTrue(refused.startsWith("failed " + ErrorCode.REQUEST_REFUSED.text()), refused);
            assertTrue(refused.contains("slots.to.write=11"), refused);
            assertEquals(16, info().slots());
            write(out, 11);
            assertEquals("cut 19", operator("slots=32").await("cut "));
            assertEquals(
                    List.of("data.2", "data.3"),
                    homes.segments().stream().sorted().toList());
        }
    }

    @Test
    void aSecondOneIsRefusedWhileConsumersAreAsked() throws Exception {
        Child one = consumer("one", "OLDEST");
        Child producer = producer();
        one.await("reading");
        one.stop();
        CompletableFuture<Long> asked = homes.ask(BLOCK, TO_FILE);
        homes.awaitPrepared(BLOCK);
        String refused = operator("slots=8").await("failed ");
        assertTrue(refused.startsWith("failed " + ErrorCode.REQUEST_REFUSED.text()), refused);
        one.signal("CONT");
        long cut = got(asked);
        assertEquals(
                "cut " + cut,
                String.join(" ", List.of(producer.await("cut ").split(" ")).subList(0, 2)));
        assertEquals(2, info().generation());
        sawAll(one, 0, end(producer));
    }

    @Test
    void whoAskedMayDie() throws Exception {
        Child one = consumer("one", "OLDEST");
        Child producer = producer();
        one.await("reading");
        one.stop();
        Child operator = operator("allocator=file");
        homes.awaitPrepared(BLOCK);
        operator.kill();
        operator.exit();
        one.signal("CONT");
        producer.await("cut ");
        homes.awaitRetired(BLOCK);
        assertEquals("file", info().allocator());
        sawAll(one, 0, end(producer));
    }

    private Child operator(String... options) throws Exception {
        return start("operator", options);
    }

    private static void write(DataBlockProducer out, int count) {
        for (int i = 0; i < count; i++) {
            assertEquals(Claim.CLAIMED, out.claim(Child.PATIENCE));
            Payload.fill(out.segment(), out.offset(), out.slotBytes(), out.next(), 1);
            out.commit(out.slotBytes(), 1);
        }
    }

    @Test
    void whoComesBeforeTheCutMustAnswerToo() throws Exception {
        Child one = consumer("one", "OLDEST");
        Child producer = producer();
        one.await("reading");
        one.stop();
        CompletableFuture<Long> asked = homes.ask(BLOCK, TO_FILE);
        homes.awaitPrepared(BLOCK);
        Child newest = consumer("newest", "LATEST");
        Child oldest = consumer("oldest", "OLDEST");
        one.signal("CONT");
        got(asked);
        homes.awaitRetired(BLOCK);
        long end = end(producer);
        sawAll(one, 0, end);
        sawTheRest(newest, end);
        sawTheRest(oldest, end);
    }

    @Test
    void whoComesAfterTheCutFindsTheOldestSlotInTheFormerGeneration() throws Exception {
        try (DataBlockProducer out = homes.hub().open().create(BlockSpec.named(BLOCK))) {
            write(out, 5);
            assertEquals(5, homes.handOver(BLOCK, HandoverSpec.same().slots(2 * SLOTS)));
            write(out, 7);
            Child oldest = consumer("oldest", "OLDEST");
            Child newest = consumer("newest", "LATEST");
            write(out, 2 * SLOTS); // the former one is retired on the way
            homes.awaitRetired(BLOCK);
            Child late = consumer("late", "OLDEST");
            write(out, 1);
            long end = out.next();
            assertTrue(out.drain(Child.PATIENCE));
            out.close();
            sawAll(oldest, 0, end);
            sawAll(newest, 12, end);
            sawAll(late, end - 1 - 2 * SLOTS, end);
        }
    }
}
