package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataHub;
import org.datahub.api.ProducerState;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.HandoverSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Nobody produces, and operators in processes of their own do what a producer would; consumers in
/// others follow, and miss nothing.
class StandInIT {
    private static final String BLOCK = "load";
    private static final int LENGTH = 1024;
    private static final int SLOTS = 64;

    private final List<Child> children = new ArrayList<>();
    private Homes homes;
    private DataHub hub;
    private Cli cli;
    private Child one;
    private Child two;

    @BeforeEach
    void start() throws Exception {
        homes = new Homes();
        hub = homes.hub().open();
        cli = new Cli(hub.directory());
        hub.declare(BlockSpec.named(BLOCK).slotBytes(LENGTH).ring(SLOTS).policy(SyncPolicy.SEQUENTIAL_SYNC));
        one = consumer("label=one");
        two = consumer("label=two");
        one.await("ready 0");
        two.await("ready 0");
    }

    @AfterEach
    void stop() throws Exception {
        children.forEach(Child::close);
        homes.close();
    }

    private Child consumer(String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of(options));
        words.addAll(List.of("from=OLDEST", "length=" + LENGTH));
        return child(homes.peer(BLOCK, "consumer", words.toArray(String[]::new)));
    }

    private Child producer(String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of(options));
        words.add("length=" + LENGTH);
        Child producer = child(homes.peer(BLOCK, "producer", words.toArray(String[]::new)));
        producer.await("ready ");
        return producer;
    }

    private Child child(Child child) {
        children.add(child);
        return child;
    }

    private BlockInfo info() {
        return hub.info(BLOCK);
    }

    /// They started at the same time, so either may have the first row.
    private int rowOf(String label) {
        return info().rows().stream()
                .filter(row -> row.participant().label().equals(label))
                .findFirst()
                .orElseThrow()
                .index();
    }

    private void awaitSlots(long n) {
        Awaitility.await().atMost(Child.PATIENCE).until(() -> info().next() >= n);
    }

    @Test
    void consumersFollowBetweenTwoProducers() throws Exception {
        Child first = producer();
        awaitSlots(10 * SLOTS);
        first.kill();
        first.exit();
        long head = info().next();
        assertEquals(
                List.of("load: from slot " + head + " on in generation 2: allocator=shm, slots=256, slot.bytes=4096"),
                run("handover", BLOCK, "--slots", "256", "--slot-bytes", "4096"));
        assertEquals(ProducerState.KILLED, info().producerState());
        assertEquals(head, info().next());
        Child second = producer();
        awaitSlots(head + 1024);
        homes.awaitRetired(BLOCK);
        long end = Homes.end(second);
        for (Child consumer : List.of(one, two)) Homes.sawAll(consumer, 0, end);
        assertEquals(ProducerState.ENDED, info().producerState());
        run("handover", BLOCK, "--slots", "32");
        assertEquals(ProducerState.ENDED, info().producerState());
        hub.remove(BLOCK);
        assertEquals(List.of(), homes.segments());
    }

    @Test
    void aConsumerThatStoppedForGoodDoesNotGateTheNextProducer() throws Exception {
        Child first = producer();
        awaitSlots(10 * SLOTS);
        two.stop();
        first.kill();
        first.exit();
        run("evict", BLOCK, "--row", "" + rowOf("two"));
        long head = info().next();
        Child second = producer();
        awaitSlots(head + 10 * SLOTS);
        two.signal("CONT");
        long end = Homes.end(second);
        Homes.sawAll(one, 0, end);
        two.exitCleanly();
        assertTrue(Homes.number(two.await("ended "), "missed") > 0);
    }

    @Test
    void anOperatorWhoIsKilledLeavesNothingThatTheNextCantTakeAway() throws Exception {
        Child first = producer();
        awaitSlots(10 * SLOTS);
        two.stop(); // and does not answer
        first.kill();
        first.exit();
        Child operator = child(cli.start("handover", BLOCK, "--slots", "256"));
        homes.awaitPrepared(BLOCK);
        assertEquals("handover", label());
        operator.kill();
        operator.exit();
        two.signal("CONT");
        long head = info().next();
        assertEquals(head, homes.handOver(BLOCK, HandoverSpec.same().slots(128)));
        assertEquals(3, info().generation());
        long end = Homes.end(producer());
        for (Child consumer : List.of(one, two)) Homes.sawAll(consumer, 0, end);
        hub.remove(BLOCK);
        assertEquals(List.of(), homes.segments());
    }

    @Test
    void aProducerThatComesIsAskedInstead() throws Exception {
        two.stop(); // and does not answer
        Child operator = child(cli.start("handover", BLOCK, "--slots", "256", "--timeout", "60s"));
        homes.awaitPrepared(BLOCK);
        Child producer = producer();
        homes.awaitPrepared(BLOCK);
        two.signal("CONT");
        assertEquals(0, operator.exit(), operator::describe);
        assertEquals(256, info().slots());
        assertTrue(producer.alive());
        long end = Homes.end(producer);
        for (Child consumer : List.of(one, two)) Homes.sawAll(consumer, 0, end);
    }

    @Test
    void aProducerHandsTheBlockOverBeforeItWrites() throws Exception {
        Child first = producer();
        awaitSlots(10 * SLOTS);
        first.kill();
        first.exit();
        long head = info().next();
        Child second = producer("capacity=256");
        assertEquals("256 " + 2 * LENGTH, info().slots() + " " + info().slotBytes());
        awaitSlots(head + 256);
        homes.awaitRetired(BLOCK);
        long end = Homes.end(second);
        for (Child consumer : List.of(one, two)) Homes.sawAll(consumer, 0, end);
    }

    @Test
    void pubHandsOverIfItIsToldTo() throws Exception {
        Path lines =
                Files.writeString(hub.directory().resolveSibling(hub.directory().getFileName() + ".txt"), "a\n");
        String[] publish = {"pub", "text", "--from", lines.toString(), "--slot-bytes"};
        run(with(publish, "64"));
        assertEquals(4, child(cli.start(with(publish, "128"))).exit());
        run(with(publish, "128", "--handover"));
        assertEquals(128, hub.info("text").slotBytes());
        assertEquals(2, hub.info("text").next());
        Files.delete(lines);
    }

    private static String[] with(String[] words, String... more) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
    }

    private String label() {
        return info().producer().label();
    }

    private List<String> run(String... words) throws Exception {
        Child command = child(cli.start(words));
        assertEquals(0, command.exit(), command::describe);
        return command.lines();
    }
}
