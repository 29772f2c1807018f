package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.Proof;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A producer or a consumer is killed while a block is handed over, step by step; the others go on,
/// a successor finishes what was cut, and hands over again.
class HandoverKilledIT {
    private static final String BLOCK = "load";
    private static final int LENGTH = 1024;
    private static final int SLOTS = 64;
    private static final long LARGE = 192 << 20; // made and taken away in some ten milliseconds

    private static final int KILLS = Proof.count("handover.kills", 2, 20);
    private static final int MOST_TRIALS = 20; // for each kill that was wanted

    /// What is under way when somebody dies.
    private enum Step {
        /// The segment is made.
        MAKING,
        /// It waits for the answers of consumers, one of which is stopped.
        PREPARED,
        /// The stream goes on in it; a consumer has not yet left the one before.
        CUT,
        /// The one before is taken away.
        RETIRING
    }

    private final Random random = new Random(3);
    private final List<Child> children = new ArrayList<>();
    private Homes homes;
    private Table table;
    private Child one;
    private Child two;
    private Child producer;

    @BeforeEach
    void start() throws Exception {
        homes = new Homes();
        homes.hub()
                .open()
                .declare(BlockSpec.named(BLOCK).slotBytes(LENGTH).ring(SLOTS).policy(SyncPolicy.SEQUENTIAL_SYNC));
        table = new Table(homes.hub().directory(), BLOCK);
        one = consumer("label=one");
        two = consumer("label=two");
        one.await("ready 0");
        two.await("ready 0");
        producer = producer();
    }

    @AfterEach
    void stop() throws Exception {
        children.forEach(Child::close);
        table.close();
        homes.close();
    }

    private Child consumer(String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of(options));
        words.addAll(List.of("from=OLDEST", "length=" + LENGTH));
        Child child = homes.peer(BLOCK, "consumer", words.toArray(String[]::new));
        children.add(child);
        return child;
    }

    private Child producer() throws Exception {
        Child child = homes.peer(BLOCK, "producer", "length=" + LENGTH);
        children.add(child);
        child.await("ready ");
        return child;
    }

    @Test
    void aSuccessorGoesOn() throws Exception {
        Evidence evidence = Evidence.of("SIGKILL of the producer in a handover");
        evidence.row(
                killed(step -> {
                    boolean inside = killProducer(step);
                    producer = producer();
                    return inside;
                }),
                end() + " slots seen once by two lossless consumers; the successor handed over again each time");
    }

    @Test
    void nobodyElseIsHarmed() throws Exception {
        Evidence evidence = Evidence.of("SIGKILL of one of three lossless consumers in a handover");
        evidence.row(
                killed(this::killConsumer), end() + " slots seen once by the others; the handover went on each time");
    }

    /// Kills somebody.
    private interface Trial {
        /// Whether it died in the step.
        boolean kill(Step step) throws Exception;
    }

    private String killed(Trial trial) throws Exception {
        StringJoiner counted = new StringJoiner(", ", "kills (found in the step): ", "");
        for (Step step : Step.values()) {
            int trials = 0;
            for (int inside = 0; inside < KILLS; trials++) {
                assertTrue(trials < KILLS * MOST_TRIALS, () -> "nobody dies in this step: " + step);
                if (trial.kill(step)) inside++;
                handOverAgain();
            }
            counted.add(step + " " + trials + " (" + KILLS + ")");
        }
        return counted.toString();
    }

    /// Ends the stream, and holds that nothing is missing and nothing is left; its end.
    private long end() throws Exception {
        long end = Homes.end(producer);
        for (Child consumer : List.of(one, two)) Homes.sawAll(consumer, 0, end);
        homes.hub().open().remove(BLOCK);
        assertEquals(List.of(), homes.segments());
        return end;
    }

    /// To a small generation in other memory, by a producer that is alive; waits until no other
    /// stands.
    private void handOverAgain() {
        String other = homes.hub().open().info(BLOCK).allocator().equals("shm") ? "file" : "shm";
        homes.handOver(BLOCK, HandoverSpec.same().allocator(other).slots(SLOTS).slotBytes(LENGTH));
        homes.awaitRetired(BLOCK);
        for (Child consumer : List.of(one, two)) assertTrue(consumer.alive(), consumer::describe);
    }

    private static HandoverSpec large() {
        return HandoverSpec.same().allocator("shm").slots(LARGE / (64 << 10)).slotBytes(64 << 10);
    }

    private boolean killProducer(Step step) throws Exception {
        switch (step) {
            case MAKING -> {
                CompletableFuture<Long> asked = homes.ask(BLOCK, large());
                await(table::making);
                pause(30);
                kill(producer);
                return refused(asked) && table.making();
            }
            case PREPARED -> {
                two.stop();
                CompletableFuture<Long> asked =
                        homes.ask(BLOCK, HandoverSpec.same().allocator("file"));
                await(table::prepared);
                pause(20);
                kill(producer);
                boolean died = refused(asked) && table.prepared();
                two.signal("CONT");
                return died;
            }
            case CUT -> {
                pause(two);
                homes.handOver(BLOCK, HandoverSpec.same().allocator("file").slots(2 * SLOTS));
                pause(20);
                kill(producer);
                boolean died = table.cut();
                two.send("resume");
                return died;
            }
            default -> {
                homes.handOver(BLOCK, large());
                homes.awaitRetired(BLOCK);
                homes.handOver(BLOCK, HandoverSpec.same().slots(SLOTS).slotBytes(LENGTH));
                await(() -> table.retiring() || !table.cut());
                kill(producer);
                return table.retiring();
            }
        }
    }

    private boolean killConsumer(Step step) throws Exception {
        Child victim = consumer("label=victim", "after=1");
        victim.await("reading");
        HandoverSpec spec = HandoverSpec.same().allocator("file");
        switch (step) {
            case MAKING -> {
                CompletableFuture<Long> asked = homes.ask(BLOCK, large());
                await(table::making);
                kill(victim);
                boolean died = table.making();
                Homes.got(asked);
                return died;
            }
            case PREPARED -> {
                victim.stop();
                CompletableFuture<Long> asked = homes.ask(BLOCK, spec);
                await(table::prepared);
                pause(20);
                boolean died = table.prepared();
                kill(victim);
                Homes.got(asked);
                return died;
            }
            case CUT -> {
                pause(victim);
                homes.handOver(BLOCK, spec);
                pause(20);
                boolean died = table.cut();
                kill(victim);
                return died;
            }
            default -> {
                pause(victim);
                homes.handOver(BLOCK, spec);
                boolean died = table.cut();
                victim.send("resume"); // nothing else holds the one before
                pause(10);
                kill(victim);
                return died;
            }
        }
    }

    /// It reads no more, but its housekeeping lives, and answers.
    private static void pause(Child consumer) {
        consumer.send("pause");
        consumer.await("paused ");
    }

    /// The moment of death is what is random here.
    private void pause(int millis) throws InterruptedException {
        Thread.sleep(random.nextInt(millis));
    }

    private static void kill(Child child) throws InterruptedException {
        child.kill();
        child.exit();
    }

    /// Whether the request found its producer dead; else it was carried out before.
    private static boolean refused(CompletableFuture<Long> asked) throws Exception {
        try {
            Homes.got(asked);
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DataHubException refused) {
                assertEquals(ErrorCode.NO_PRODUCER, refused.code(), refused::getMessage);
                return true;
            }
            throw e;
        }
    }

    /// Looks without pause: what it waits for is over soon.
    private static void await(BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > Child.PATIENCE.toNanos()) throw new AssertionError("not reached");
            Thread.onSpinWait();
        }
    }
}
