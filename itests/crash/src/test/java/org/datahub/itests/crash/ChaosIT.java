package org.datahub.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.HubOptions;
import org.datahub.api.testing.Evidence;
import org.datahub.itests.crash.Notes.Word;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A producer, two lossless consumers, an observer and a reader with pins, each in a process of
/// its own, killed and stopped at random and begun anew: whoever lives gets every slot that it was
/// promised, and each as it was written.
class ChaosIT {
    private static final int PAUSE_MILLIS = 40;
    private static final int STOP_MILLIS = 120;
    private static final int PROGRESS = 200;
    private static final int EVENTS_A_CHECK = 16;

    /// One in so many that are not there yet is struck on the way.
    private static final int EARLY = 8;

    private final Random random = new Random(Settings.SEED);
    private final List<Player> players = new ArrayList<>();
    private Path directory;
    private DataHub hub;
    private int kills;
    private int stops;
    private int refusals;

    @BeforeEach
    void everybodyIsThere() throws Exception {
        Records.archive();
        directory = Stage.newHub();
        hub = DataHub.open(HubOptions.defaults().directory(directory));
        hub.declare(Role.stream(Await.PATIENCE));
        hub.declare(Role.state());
        players.add(new Player(Role.PRODUCER, "producer", directory, "strict"));
        players.add(new Player(Role.LOSSLESS, "lossless-1", directory, "strict"));
        players.add(new Player(Role.LOSSLESS, "lossless-2", directory, "strict"));
        players.add(new Player(Role.OBSERVER, "observer", directory, "strict"));
        players.add(new Player(Role.PINNED, "pinned", directory, "strict"));
        for (Player player : players) player.start();
    }

    @AfterEach
    void nobodyIsThere() throws Exception {
        for (Player player : players) player.close();
        hub.close();
        Stage.removeTree(directory);
    }

    @Test
    void whoeverIsKilledOrStoppedTheOthersGetWhatTheyWerePromised() throws Exception {
        Evidence evidence = Evidence.of("SIGKILL, SIGSTOP, SIGCONT at random, " + Settings.CHAOS_SECONDS + " s");
        awaitEverybody();
        long begin = System.nanoTime();
        for (int event = 1; System.nanoTime() - begin < Settings.CHAOS_SECONDS * 1_000_000_000L; event++) {
            Player player = players.get(random.nextInt(players.size()));
            if (player.ready() || random.nextInt(EARLY) == 0) strike(player);
            players.forEach(Player::requireSound);
            pause(PAUSE_MILLIS);
            if (event % EVENTS_A_CHECK == 0) requireProgress();
        }
        awaitEverybody();
        requireProgress();
        long slots = finish();
        long verified = players.stream()
                .mapToLong(player -> player.notes().get(Word.VERIFIED))
                .sum();
        evidence.row(
                "kills=" + kills + ", stops=" + stops + ", takeovers refused to a rival of a stopped producer="
                        + refusals + ", slots written=" + slots,
                "slots verified=" + verified + ", lost or torn: 0, gaps reported to the observer="
                        + players.get(3).notes().get(Word.MISSED) + ", seed=" + Settings.SEED);
        assertTrue(kills > 0 && stops > 0 && verified > 0);
    }

    private void awaitEverybody() {
        Await.until("everybody is there", () -> players.stream().allMatch(Player::ready));
    }

    private void pause(int mostMillis) {
        LockSupport.parkNanos(1_000_000L * (1 + random.nextInt(mostMillis)));
    }

    /// Kills, or stops for a while, or stops and then kills.
    private void strike(Player player) throws Exception {
        int lot = random.nextInt(10);
        if (lot >= 5) {
            player.signal(Death.SIGSTOP);
            stops++;
            if (player.role() == Role.PRODUCER && player.ready() && refusals == 0) requireNotRobbed();
            pause(STOP_MILLIS);
            if (lot < 9) player.signal(Death.SIGCONT);
        }
        if (lot == 9 || lot < 5) {
            player.signal(Death.SIGKILL);
            player.awaitDeath();
            player.start();
            kills++;
        }
    }

    /// Stalled is not dead: a stopped producer keeps its block.
    private void requireNotRobbed() {
        DataHubException refused = assertThrows(DataHubException.class, () -> hub.create(Role.stream(Await.PATIENCE)));
        assertEquals(ErrorCode.PRODUCER_CONFLICT, refused.code());
        refusals++;
    }

    /// With everybody alive and going on, nothing that died holds the stream up.
    private void requireProgress() {
        Player producer = players.getFirst();
        Await.until("the producer is there", producer::ready);
        long enough = producer.notes().get(Word.DONE) + PROGRESS;
        Await.until("the producer goes on", () -> {
            players.forEach(Player::requireSound);
            return producer.notes().get(Word.DONE) >= enough;
        });
    }

    /// Everybody stops in order, and every consumer has accounted for the whole stream.
    private long finish() throws Exception {
        for (Player player : players) player.notes().set(Word.STOP, 1);
        for (Player player : players) player.awaitEnd();
        long end = hub.info(Role.STREAM).next();
        assertEquals(end, players.getFirst().notes().get(Word.DONE));
        for (Player player : players.subList(1, 4))
            assertEquals(end, player.notes().get(Word.DONE), player.role()::name);
        requireOneHistory();
        hub.remove(Role.STREAM);
        hub.remove(Role.STATE);
        try (Stream<Path> left = Files.list(directory)) {
            assertFalse(left.findAny().isPresent());
        }
        return end;
    }

    /// All consumers saw the same slot of the same producer, and producers followed each other.
    private void requireOneHistory() throws IOException {
        Map<Long, Long> writers = new TreeMap<>();
        for (Player player : players.subList(1, 4)) {
            if (!Files.exists(player.ledger())) continue;
            for (String line : Files.readAllLines(player.ledger())) {
                long n = Long.parseLong(line.split(" ")[0]);
                long incarnation = Long.parseLong(line.split(" ")[1]);
                Long before = writers.put(n, incarnation);
                assertTrue(before == null || before == incarnation, () -> "two wrote slot " + n);
            }
        }
        long last = 0;
        for (Map.Entry<Long, Long> each : writers.entrySet()) {
            assertTrue(each.getValue() >= last, () -> "an old producer wrote slot " + each.getKey());
            last = each.getValue();
        }
    }
}
