package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.awaitility.Awaitility;
import org.datahub.api.BlockSpec;
import org.datahub.api.ProducerState;
import org.datahub.api.SyncPolicy;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.Proof;
import org.junit.jupiter.api.Test;

/// The producer is killed and started again, again and again; what was committed stays, what was
/// not leaves no trace.
class ProducerKilledIT {
    private static final String BLOCK = "load";
    private static final int SLOT_BYTES = 4096;
    private static final int SLOTS = 64;

    private static final int KILLS = Proof.count("producer.kills", 10, 100);

    /// Where the producer is when it dies.
    private enum Where {
        /// Anywhere in its writes.
        WRITING,
        /// In a transaction: a slot is claimed and half filled.
        HALF,
        /// Somewhere between its start and its first write.
        TAKING_OVER;

        static Where of(int kill) {
            return switch (kill % 5) {
                case 1 -> HALF;
                case 3 -> TAKING_OVER;
                default -> WRITING;
            };
        }
    }

    private final Random random = new Random(2);
    private final Figures takeovers = new Figures();
    private int halves;
    private int early;

    @Test
    void whatWasCommittedStaysAndIsSeenOnce() throws Exception {
        Evidence evidence = Evidence.of("SIGKILL and restart of the producer under load, two lossless consumers");
        try (TestHub hub = new TestHub()) {
            hub.open()
                    .declare(BlockSpec.named(BLOCK)
                            .slotBytes(SLOT_BYTES)
                            .ring(SLOTS)
                            .policy(SyncPolicy.SEQUENTIAL_SYNC));
            try (Child one = Child.peer(hub.directory(), "consumer", "block=" + BLOCK, "from=OLDEST", "label=one");
                    Child two = Child.peer(hub.directory(), "consumer", "block=" + BLOCK, "from=OLDEST", "label=two");
                    BlockLook look = new BlockLook(hub.directory(), BLOCK)) {
                one.await("ready 0");
                two.await("ready 0");
                long next = 0;
                for (int kill = 0; kill < KILLS; kill++) {
                    next = live(Where.of(kill), next, hub, look);
                    assertTrue(one.alive() && two.alive(), () -> one.describe() + two.describe());
                }
                long end = liveToTheEnd(next, hub, look);
                String ended = "ended received=" + end + " missed=0 first=0 last=" + (end - 1);
                for (Child consumer : new Child[] {one, two}) {
                    consumer.exitCleanly();
                    assertEquals(ended, consumer.await("ended "));
                }
                evidence.row(
                        KILLS + " kills (" + halves + " in a half-filled transaction, " + early
                                + " before the first write), " + end + " slots of " + SLOT_BYTES
                                + " bytes, each seen once by both",
                        "start of create to takeover finished, in a new JVM: " + takeovers);
            }
        }
    }

    /// One producer's life; the next slot number after it.
    private long live(Where where, long next, TestHub hub, BlockLook look) throws Exception {
        try (Child producer = Child.peer(hub.directory(), "producer", "block=" + BLOCK, "hold=true")) {
            if (where == Where.TAKING_OVER) {
                producer.await("opening");
                Thread.sleep(random.nextInt(40)); // the moment of death is what is random here
                early++;
            } else {
                takenOver(producer, next, look);
                producer.send("go");
                Awaitility.await().atMost(Child.PATIENCE).until(() -> look.next() > next + 2 * SLOTS);
                Thread.sleep(random.nextInt(300));
                if (where == Where.HALF) stopInside(producer, look);
            }
            producer.kill();
            producer.exit();
        }
        assertEquals(ProducerState.KILLED, hub.open().info(BLOCK).producerState());
        long after = look.next();
        assertTrue(after >= next, () -> "next=" + next + ", after the kill=" + after);
        return after;
    }

    private void stopInside(Child producer, BlockLook look) {
        producer.send("half");
        long half = Long.parseLong(producer.await("half ").split(" ")[1]);
        assertEquals(half, look.head(), "an open transaction has published the head");
        halves++;
    }

    private long liveToTheEnd(long next, TestHub hub, BlockLook look) throws Exception {
        try (Child producer = Child.peer(hub.directory(), "producer", "block=" + BLOCK, "hold=true")) {
            takenOver(producer, next, look);
            producer.send("go");
            Thread.sleep(200);
            producer.send("end");
            long end = Long.parseLong(producer.await("ended ").split(" ")[1]);
            producer.exitCleanly();
            assertEquals(ProducerState.ENDED, hub.open().info(BLOCK).producerState());
            return end;
        }
    }

    /// The producer has taken over and waits: what is committed is [0, next), and nothing stands
    /// beyond.
    private void takenOver(Child producer, long next, BlockLook look) {
        producer.await("opening");
        long begin = System.nanoTime();
        String[] ready = producer.await("ready ").split(" ");
        takeovers.add(System.nanoTime() - begin);
        assertEquals(next, Long.parseLong(ready[1]), "where the new producer goes on");
        assertEquals(next, look.head());
        for (long cell = 0; cell < look.cells(); cell++) {
            long stamp = look.stamp(cell);
            assertTrue(stamp >= 0 && stamp <= next, () -> "stamp=" + stamp + ", next=" + next);
        }
        for (long n = Math.max(0, next - look.capacity()); n < next; n++) assertNull(look.fault(n, SLOT_BYTES));
    }
}
