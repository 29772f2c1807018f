package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.ProducerState;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.Proof;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Stopped is not dead: nobody takes what a stopped process holds, and when it goes on nothing is
/// missing.
class StalledConsumerIT {
    private static final String BLOCK = "load";
    private static final int SLOTS = 64;

    private static final int STALL_MS = Proof.count("stall.ms", 1_500, 10_000);
    private static final int TIMEOUT_MS = 300;

    private TestHub hub;
    private Child one;
    private Child two;
    private Child producer;

    @BeforeEach
    void start() throws Exception {
        hub = new TestHub();
        hub.open().declare(BlockSpec.named(BLOCK).slotBytes(4096).ring(SLOTS).policy(SyncPolicy.SEQUENTIAL_SYNC));
        one = Child.peer(hub.directory(), "consumer", "block=" + BLOCK, "from=OLDEST", "label=one");
        two = Child.peer(hub.directory(), "consumer", "block=" + BLOCK, "from=OLDEST", "label=two");
        one.await("ready 0");
        two.await("ready 0");
        producer = Child.peer(hub.directory(), "producer", "block=" + BLOCK, "timeout=" + TIMEOUT_MS);
        one.await("reading");
        two.await("reading");
    }

    @AfterEach
    void stop() throws Exception {
        for (Child child : new Child[] {one, two, producer}) {
            if (child != null) child.close();
        }
        hub.close();
    }

    @Test
    void aStoppedLosslessConsumerIsNotRobbed() throws Exception {
        Evidence evidence = Evidence.of("SIGSTOP of a lossless consumer: not robbed, the write times out typed");
        one.stop();
        long stopped = System.nanoTime();
        long gate = row(one).cursor() + SLOTS;
        producer.await("gate " + gate);
        String refused = "refused " + ErrorCode.WRITE_TIMEOUT.text() + " " + gate;
        int timeouts = 0;
        while (System.nanoTime() - stopped < Duration.ofMillis(STALL_MS).toNanos()) {
            assertEquals(refused, producer.await("refused"));
            timeouts++;
        }
        BlockInfo.Row row = row(one);
        assertTrue(row.alive(), () -> row + one.describe());
        assertEquals(gate, row.cursor() + SLOTS);
        assertEquals(gate, hub.open().info(BLOCK).next());

        one.signal("CONT");
        producer.await("open " + gate);
        long end = end(gate + 10L * SLOTS);
        evidence.row(
                "stopped for " + STALL_MS + " ms, " + timeouts + " writes timed out (DH-2005) at slot " + gate,
                "all " + end + " slots seen once by both");
    }

    @Test
    void aStoppedProducerKeepsItsBlock() throws Exception {
        producer.stop();
        long next = hub.open().info(BLOCK).next();
        DataHubException conflict = assertThrows(
                DataHubException.class,
                () -> hub.open().create(BlockSpec.named(BLOCK)).close());
        assertEquals(ErrorCode.PRODUCER_CONFLICT, conflict.code());
        assertTrue(conflict.problem().contains("pid=" + producer.pid()), conflict::problem);
        assertEquals(ProducerState.ALIVE, hub.open().info(BLOCK).producerState());
        assertEquals(next, hub.open().info(BLOCK).next());

        producer.signal("CONT");
        end(next + 10L * SLOTS);
    }

    private BlockInfo.Row row(Child consumer) {
        return hub.open().info(BLOCK).rows().stream()
                .filter(row -> row.participant().pid() == consumer.pid())
                .findFirst()
                .orElseThrow();
    }

    /// Lets everybody go on beyond slot `least`, ends the stream, and holds that both consumers saw
    /// all of it; its end.
    private long end(long least) throws Exception {
        Awaitility.await()
                .atMost(Child.PATIENCE)
                .until(() -> hub.open().info(BLOCK).next() > least);
        producer.send("end");
        long end = Long.parseLong(producer.await("ended ").split(" ")[1]);
        producer.exitCleanly();
        for (Child consumer : new Child[] {one, two}) {
            consumer.exitCleanly();
            assertEquals("ended received=" + end + " missed=0 first=0 last=" + (end - 1), consumer.await("ended "));
        }
        return end;
    }
}
