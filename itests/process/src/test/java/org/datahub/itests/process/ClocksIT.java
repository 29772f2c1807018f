package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.ProducerState;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.layout.StateLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nothing that decides asks what time it is, and clocks that differ between processes harm nobody.
/// The clocks of this machine are left alone: processes get others by a time namespace, and by
/// libfaketime below their wall clock.
class ClocksIT {
    private static final String BLOCK = "clocks";
    private static final int SLOTS = 16;
    private static final Duration AHEAD = Duration.ofSeconds(1_000_000);
    private static final Duration TOLERANCE = Duration.ofHours(1);

    @TempDir
    private Path files;

    private TestHub hub;

    @BeforeEach
    void open() throws IOException {
        hub = new TestHub();
        hub.open().declare(BlockSpec.named(BLOCK).slotBytes(64).ring(SLOTS).policy(SyncPolicy.SEQUENTIAL_SYNC));
    }

    @AfterEach
    void close() throws IOException {
        hub.close();
    }

    private static List<String> elsewhere() {
        String ahead = Long.toString(AHEAD.toSeconds());
        return List.of("unshare", "--time", "--monotonic", ahead, "--boottime", ahead, "--fork", "--kill-child");
    }

    private static List<String> with(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private Child peer(List<String> prefix, String role, String... options) throws IOException {
        return Child.start(role, Map.of(), null, with(prefix, Child.peerCommand(hub.directory(), role, options)));
    }

    /// The consumer is there before the first slot: one that joins a stream under way may be told a gap.
    private static void begin(Child producer, Child consumer) {
        producer.await("ready");
        consumer.await("ready");
        producer.send("go");
        consumer.await("reading");
    }

    @Test
    void aProducerOfAnotherTimeNamespaceIsReadTimedAndSeenAlive() throws Exception {
        Privilege.require(with(elsewhere(), List.of("true")).toArray(String[]::new));
        try (Child producer = peer(elsewhere(), "producer", "block=" + BLOCK, "timeout=50", "hold=true");
                Child consumer = Child.peer(hub.directory(), "consumer", "block=" + BLOCK)) {
            begin(producer, consumer);
            assertNotEquals(
                    Files.readSymbolicLink(Path.of("/proc/self/ns/time")),
                    Files.readSymbolicLink(Path.of("/proc", Long.toString(javaOf(producer)), "ns/time")));
            assertBeatsAreRecent();
            assertTapTellsUtc();
            assertEquals(0, residence(), "times of two clocks were compared");
            assertDeadlinesHold(producer);
            consumer.send("where");
            String at = consumer.await("at ");
            assertTrue(at.endsWith("missed=0"), at);
            long pid = javaOf(producer);
            Child.signal(pid, "KILL");
            producer.exit();
            assertEquals(ProducerState.KILLED, hub.open().info(BLOCK).producerState());
        }
    }

    @Test
    void aConsumerOfAnotherTimeNamespaceGatesTimesOutAndMissesNothing() throws Exception {
        Privilege.require(with(elsewhere(), List.of("true")).toArray(String[]::new));
        try (Child producer = Child.peer(hub.directory(), "producer", "block=" + BLOCK, "slots=2000", "hold=true")) {
            producer.await("ready");
            try (Child consumer = peer(elsewhere(), "consumer", "block=" + BLOCK, "from=OLDEST")) {
                consumer.await("ready");
                consumer.send("where"); // answered between two reads that time out
                assertEquals("at 0 missed=0", consumer.await("at "));
                assertInfoTellsTheAgeOfABeatThere();
                producer.send("go");
                assertEquals("ended received=2000 missed=0 first=0 last=1999", consumer.await("ended"));
                consumer.exitCleanly();
            }
            producer.exitCleanly();
        }
    }

    @Test
    void aWallClockThatIsSetMovesTheWordThatTellsUtcAndNothingElse() throws Exception {
        Path step = files.resolve("step");
        List<String> fake = wallClockOf(step);
        set(step, Duration.ZERO);
        Privilege.require(with(fake, List.of("true")).toArray(String[]::new));
        try (Child producer = peer(fake, "producer", "block=" + BLOCK, "timeout=50", "hold=true");
                Child consumer = peer(fake, "consumer", "block=" + BLOCK)) {
            begin(producer, consumer);
            for (Duration by : List.of(Duration.ofDays(10), Duration.ofDays(-3650), Duration.ZERO)) {
                set(step, by);
                Awaitility.await().atMost(Child.PATIENCE).until(() -> near(utcOffset(), realOffset() + by.toNanos()));
                assertBeatsAreRecent();
                assertDeadlinesHold(producer);
                long before = hub.open().info(BLOCK).next();
                Awaitility.await()
                        .atMost(Child.PATIENCE)
                        .until(() -> hub.open().info(BLOCK).next() > before + SLOTS);
                consumer.send("where");
                String at = consumer.await("at ");
                assertTrue(at.endsWith("missed=0"), at);
            }
        }
    }

    private static void set(Path step, Duration by) throws IOException {
        Path next = step.resolveSibling("next");
        Files.writeString(next, String.format("%+d\n", by.toSeconds()));
        Files.move(next, step, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /// What makes a program see the wall clock that stands in a file. CLOCK_MONOTONIC stays.
    private static List<String> wallClockOf(Path step) throws Exception {
        Path library = null;
        try (var found = Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-gnu")) {
            for (Path folder : found) {
                Path candidate = folder.resolve("faketime/libfaketimeMT.so.1");
                if (Files.exists(candidate)) library = candidate;
            }
        }
        if (library == null) Privilege.missing("not installed: libfaketime");
        return List.of(
                "env",
                "LD_PRELOAD=" + library,
                "FAKETIME_TIMESTAMP_FILE=" + step,
                "FAKETIME_NO_CACHE=1",
                "FAKETIME_DONT_FAKE_MONOTONIC=1");
    }

    private void assertBeatsAreRecent() {
        BlockInfo info = hub.open().info(BLOCK);
        assertTrue(info.beatAgeNanos() >= 0 && info.beatAgeNanos() < TOLERANCE.toNanos(), info::toString);
        assertEquals(ProducerState.ALIVE, info.producerState());
    }

    /// A write that is gated ends when its time is over, and goes on when the gate opens.
    private void assertDeadlinesHold(Child producer) {
        try (DataBlockConsumer idle = hub.open().attach(BLOCK, ConsumerSpec.lossless())) {
            long gated = idle.number() + SLOTS; // at least; a gate before that is not of our making
            String refused = "refused DH-2005 ";
            while (Long.parseLong(producer.await(refused).substring(refused.length())) < gated) continue;
        }
        producer.await("open ");
    }

    private void assertInfoTellsTheAgeOfABeatThere() throws Exception {
        Cli cli = new Cli(hub.directory()).brief();
        List<String> command = with(elsewhere(), Cli.command("info", BLOCK, "--json"));
        try (Child info = Child.start("info", cli.environment(), null, command)) {
            Cli.Ended ended = Cli.end(info);
            assertEquals(0, ended.exit(), ended::toString);
            long age = new ObjectMapper()
                    .readTree(ended.out().getFirst())
                    .get("beat_age_nanos")
                    .asLong();
            assertTrue(age >= 0 && age < TOLERANCE.toNanos(), ended::toString);
        }
    }

    /// What the consumer has counted of the time that slots lay before it took them.
    private long residence() {
        return hub.open().info(BLOCK).rows().getFirst().counters().entrySet().stream()
                .filter(counter -> counter.getKey().startsWith("residence_buckets"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private void assertTapTellsUtc() throws Exception {
        Cli.Ended tap = new Cli(hub.directory()).brief().run("tap", BLOCK, "--json", "--count", "1");
        assertEquals(0, tap.exit(), tap::toString);
        JsonNode slot = new ObjectMapper().readTree(tap.out().getLast());
        Duration off = Duration.between(Instant.parse(slot.get("time").asText()), Instant.now());
        assertTrue(off.abs().compareTo(TOLERANCE) < 0, slot::toString);
        long ahead = slot.get("timestamp_ns").asLong() - System.nanoTime();
        assertTrue(near(ahead, AHEAD.toNanos()), slot::toString);
    }

    private static boolean near(long a, long b) {
        return Math.abs(a - b) < TOLERANCE.toNanos();
    }

    private static long realOffset() {
        return System.currentTimeMillis() * 1_000_000 - System.nanoTime();
    }

    private long utcOffset() throws IOException {
        try (RandomAccessFile state = new RandomAccessFile(
                hub.directory().resolve(BLOCK).resolve("state").toFile(), "r")) {
            state.seek(StateLayout.UTC_OFFSET_NS);
            return Long.reverseBytes(state.readLong());
        }
    }

    private static long javaOf(Child unshared) {
        return ProcessHandle.of(unshared.pid())
                .orElseThrow()
                .children()
                .findFirst()
                .orElseThrow()
                .pid();
    }
}
