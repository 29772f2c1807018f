package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.datahub.api.BlockSpec;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who is alive is what the kernel says of the lock byte, whatever the process id means and whoever
/// reaps it.
class NamespacesIT {
    private static final String BLOCK = "load";
    private static final int SLOTS = 64;

    private TestHub hub;
    private Child producer;

    @BeforeEach
    void start() throws Exception {
        hub = new TestHub();
        hub.open().declare(BlockSpec.named(BLOCK).slotBytes(4096).ring(SLOTS).policy(SyncPolicy.SEQUENTIAL_SYNC));
        producer = Child.peer(hub.directory(), "producer", "block=" + BLOCK);
        producer.await("ready");
    }

    @AfterEach
    void stop() throws Exception {
        producer.close();
        hub.close();
    }

    @Test
    void aConsumerOfAnotherPidNamespaceGatesUntilItIsKilled() throws Exception {
        String[] unshare = {"unshare", "--pid", "--fork", "--kill-child", "--mount-proc"};
        Privilege.require(with(List.of(unshare), List.of("true")).toArray(String[]::new));
        try (Child victim = Child.start("victim", Map.of(), null, with(List.of(unshare), idleConsumer()))) {
            String gate = gate(victim);
            BlockInfo.Row row = hub.open().info(BLOCK).rows().getFirst();
            assertTrue(row.alive(), () -> row + victim.describe());
            long pid = ProcessHandle.of(victim.pid())
                    .orElseThrow()
                    .children()
                    .findFirst()
                    .orElseThrow()
                    .pid();
            assertNotEquals(pid, row.participant().pid(), "it sees itself by another id");

            Child.signal(pid, "KILL");
            producer.await("open " + gate);
            assertTrue(hub.open().info(BLOCK).rows().isEmpty());
        }
    }

    @Test
    void aZombieGatesNobody() throws Exception {
        // A shell that becomes a program which never asks for its children.
        List<String> parent = List.of("sh", "-c", "exec 3<&0; \"$@\" <&3 & exec sleep 600", "sh");
        try (Child keeper = Child.start("keeper", Map.of(), null, with(parent, idleConsumer()))) {
            String gate = gate(keeper);
            long pid = hub.open().info(BLOCK).rows().getFirst().participant().pid();

            Child.signal(pid, "KILL");
            producer.await("open " + gate);
            Awaitility.await().atMost(Child.PATIENCE).untilAsserted(() -> assertEquals("Z", state(pid)));
            assertTrue(hub.open().info(BLOCK).rows().isEmpty());
        }
    }

    /// Waits until the consumer reads no more and the producer waits for it; the slot that is
    /// gated.
    private String gate(Child consumer) {
        String gate = Long.toString(Long.parseLong(consumer.await("stopped").split(" ")[1]) + SLOTS);
        producer.await("gate " + gate);
        return gate;
    }

    private List<String> idleConsumer() {
        return Child.peerCommand(hub.directory(), "consumer", "block=" + BLOCK, "stay=idle");
    }

    private static List<String> with(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static String state(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[0];
    }
}
