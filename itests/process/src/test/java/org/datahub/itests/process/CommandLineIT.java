package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ProducerState;
import org.datahub.api.SyncPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes of the command line with each other, and how they end.
class CommandLineIT {
    private static final int INTERRUPTED = 130;
    private static final int OUTPUT_CLOSED = 141;
    private static final int FILE_BYTES = 100;
    private static final int SLOT_BYTES = 8;
    private static final int FILE_SLOTS = 13;

    @TempDir
    private Path files;

    private TestHub hub;
    private Cli cli;
    private byte[] bytes;
    private String file;

    @BeforeEach
    void open() throws IOException {
        hub = new TestHub();
        cli = new Cli(hub.directory()).brief();
        bytes = new byte[FILE_BYTES];
        new SplittableRandom(1).nextBytes(bytes);
        file = Files.write(files.resolve("file"), bytes).toString();
    }

    @AfterEach
    void close() throws IOException {
        hub.close();
    }

    private Cli.Ended publish() throws Exception {
        Cli.Ended ended = cli.run("pub", "block", "--from", file, "--slot-bytes", "8");
        assertEquals(0, ended.exit(), ended::toString);
        return ended;
    }

    @Test
    void whatNobodySawIsSaid() throws Exception {
        Cli.Ended ended = publish();
        assertTrue(
                ended.error().stream()
                        .anyMatch(line -> line.contains("no lossless consumer saw 13 of these slots")
                                && line.contains("--wait-consumers")),
                ended::toString);
    }

    @Test
    void aTapSeesTheOldestWhenNobodyProducesAndEndsWithTheStream() throws Exception {
        publish();
        Cli.Ended ended = cli.run("tap", "block");
        assertEquals(0, ended.exit(), ended::toString);
        assertEquals(FILE_SLOTS, ended.out().size());
        assertTrue(ended.out().getFirst().startsWith("slot=0 "), ended::toString);
        assertTrue(ended.out().getLast().startsWith("slot=12 "), ended::toString);
        assertEquals(2, cli.run("tap", "block", "--count", "2").out().size());
    }

    @Test
    void aKilledProducerIsWaitedForAndTheNextOneContinuesTheNumbers() throws Exception {
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        try (Child pub = cli.start("pub", "block", "--from", "-", "--slot-bytes", "8", "--wait-consumers", "1");
                Child tap = cli.into(copy, "tap", "block", "--raw", "--wait", "60s")) {
            pub.input().write(bytes, 0, 3 * SLOT_BYTES + 1);
            pub.input().flush();
            Awaitility.await().atMost(Child.PATIENCE).until(() -> copy.size() == 3 * SLOT_BYTES);
            pub.kill();
            pub.exit();
            assertEquals(ProducerState.KILLED, hub.open().info("block").producerState());
            String said = tap.awaitError("was killed");
            assertTrue(said.contains("pid=" + pub.pid()), said);

            publish();
            tap.exitCleanly();
        }
        assertEquals(3 + FILE_SLOTS, hub.open().info("block").next());
        byte[] wanted = Arrays.copyOf(bytes, 3 * SLOT_BYTES + FILE_BYTES);
        System.arraycopy(bytes, 0, wanted, 3 * SLOT_BYTES, FILE_BYTES);
        assertArrayEquals(wanted, copy.toByteArray());
    }

    @Test
    void anInterruptedPubClosesTheStream() throws Exception {
        try (Child reading = cli.start("pub", "reading", "--from", "-", "--slot-bytes", "8");
                Child waiting =
                        cli.start("pub", "waiting", "--from", file, "--slot-bytes", "8", "--wait-consumers", "1")) {
            reading.input().write(bytes, 0, SLOT_BYTES);
            reading.input().flush();
            Awaitility.await().atMost(Child.PATIENCE).until(() -> published("reading") == 1);
            waiting.awaitError("datahub: waiting for lossless consumers");
            interrupted(reading);
            interrupted(waiting);
        }
        assertEquals(ProducerState.ENDED, hub.open().info("reading").producerState());
        assertEquals(ProducerState.ENDED, hub.open().info("waiting").producerState());
        assertEquals(0, hub.open().info("waiting").next());
    }

    @Test
    void anInterruptedPubLeavesTheGate() throws Exception {
        hub.open().declare(BlockSpec.named("gated").slotBytes(SLOT_BYTES).ring(4));
        try (DataBlockConsumer idle = hub.open().attach("gated", ConsumerSpec.lossless());
                Child pub = cli.start("pub", "gated", "--from", file)) {
            Awaitility.await().atMost(Child.PATIENCE).until(() -> published("gated") == 4);
            Cli.Ended slots = cli.run("info", "gated", "--slots");
            assertEquals(
                    4,
                    slots.out().stream()
                            .filter(line -> line.matches(".* draining .* 0"))
                            .count(),
                    slots::toString);
            interrupted(pub);
            assertEquals(4, idle.lag());
        }
        assertEquals(ProducerState.ENDED, hub.open().info("gated").producerState());
    }

    @Test
    void anInterruptedTapLeavesItsRow() throws Exception {
        hub.open().declare(BlockSpec.named("block").slotBytes(SLOT_BYTES).ring(4));
        try (Child absent = cli.start("tap", "absent", "--wait", "1h");
                Child silent = cli.start("tap", "block", "--raw")) {
            absent.awaitError("datahub: waiting for block 'absent'");
            silent.awaitError("datahub: no producer yet");
            assertEquals(1, hub.open().info("block").rows().size());
            interrupted(absent);
            interrupted(silent);
        }
        assertEquals(List.of(), hub.open().info("block").rows());
    }

    private static void interrupted(Child child) throws Exception {
        child.signal("INT");
        assertEquals(INTERRUPTED, child.exit(), child::describe);
        assertTrue(child.errors().stream().noneMatch(line -> line.contains("Exception")), child::describe);
    }

    private long published(String name) {
        return hub.open().list().contains(name) ? hub.open().info(name).next() : -1;
    }

    @Test
    void aReaderThatGoesAwayEndsTheTap() throws Exception {
        publish();
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("enough");
            }
        };
        try (DataBlockProducer producer = hub.open().create(BlockSpec.named("block"));
                Child tap = cli.into(closed, "tap", "block", "--raw", "--mode", "observer")) {
            Awaitility.await().atMost(Child.PATIENCE).until(() -> {
                producer.write(tx -> tx.length(1));
                return !tap.alive();
            });
            assertEquals(OUTPUT_CLOSED, tap.exit(), tap::describe);
            assertEquals(List.of(), tap.errors());
        }
    }

    @Test
    void aStateBlockShowsItsNewest() throws Exception {
        Cli.Ended pub = cli.run("pub", "state", "--from", file, "--slot-bytes", "8", "--policy", "LATEST_ONLY");
        assertEquals(0, pub.exit(), pub::toString);
        Cli.Ended tap = cli.run("tap", "state");
        assertEquals(0, tap.exit(), tap::toString);
        assertEquals(1, tap.out().size(), tap::toString);
        assertTrue(tap.out().getFirst().startsWith("slot=12 "), tap::toString);
    }

    @Test
    void jsonParses() throws Exception {
        publish();
        hub.open().declare(BlockSpec.named("state").slotBytes(8).single().policy(SyncPolicy.LATEST_ONLY));
        ObjectMapper mapper = new ObjectMapper();
        List<String> listed = cli.run("ls", "--json").out();
        assertEquals(2, listed.size());
        JsonNode first = mapper.readTree(listed.getFirst());
        JsonNode info = mapper.readTree(
                String.join("", cli.run("info", "block", "--json").out()));
        for (JsonNode node : List.of(first, info)) {
            assertEquals("block", node.get("name").asText());
            assertEquals(FILE_SLOTS, node.get("next").asLong());
            assertEquals(SLOT_BYTES, node.get("slot_bytes").asLong());
            assertEquals("ENDED", node.get("producer_state").asText());
        }
        List<String> slots = cli.run("tap", "block", "--json").out();
        assertEquals(FILE_SLOTS, slots.size());
        JsonNode last = mapper.readTree(slots.getLast());
        assertEquals(12, last.get("slot").asLong());
        assertEquals(FILE_BYTES % SLOT_BYTES, last.get("length").asLong());
    }

    @Test
    void aBlockMadeAnewUnderRunningProcessesIsNotTheirs() throws Exception {
        Path large = Files.write(files.resolve("large"), new byte[1 << 20]);
        try (Child pub = cli.start("pub", "block", "--from", large.toString(), "--slot-bytes", "8", "--rate", "200");
                Child tap = cli.start("tap", "block", "--wait", "60s")) {
            tap.await("slot=");
            String id = hub.open().info("block").blockId();
            TestHub.delete(hub.directory().resolve("block"));
            hub.open().declare(BlockSpec.named("block").slotBytes(8).ring(4));
            for (Child child : List.of(pub, tap)) {
                assertEquals(1, child.exit(), child::describe);
                child.awaitError("DH-1015 ");
            }
            assertNotEquals(id, hub.open().info("block").blockId());
            assertEquals(0, hub.open().info("block").next());
        }
        publish();
        assertEquals(FILE_SLOTS, hub.open().info("block").next());
    }
}
