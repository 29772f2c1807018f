package org.datahub.itests.crash;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.HubOptions;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.testing.Evidence;
import org.datahub.itests.crash.Notes.Word;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A consumer that writes whatever it likes into the control segments, which it may write: the
/// others can be held up and lose slots, and are told so. They never crash, never wait beyond
/// their deadlines, never read a wrong byte.
class HostileConsumerIT {
    /// What a busy machine may add to a deadline.
    private static final long GRACE_NANOS = 10_000_000_000L;

    private static final long LATE_NANOS = 500_000_000;

    private final List<Player> players = new ArrayList<>();
    private Path directory;
    private DataHub hub;
    private Process hostile;

    @BeforeEach
    void everybodyIsThere() throws Exception {
        Records.archive();
        directory = Stage.newHub();
        hub = DataHub.open(HubOptions.defaults().directory(directory));
        hub.declare(Role.stream(Await.PATIENCE));
        hub.declare(Role.state());
        for (Role role : Role.values()) players.add(new Player(role, "beside-hostile", directory, "tolerant"));
        for (Player player : players) player.start();
        Await.until("everybody is there", () -> players.stream().allMatch(Player::ready));
    }

    @AfterEach
    void nobodyIsThere() throws Exception {
        if (hostile != null) hostile.destroyForcibly().waitFor();
        for (Player player : players) player.close();
        hub.close();
        Stage.removeTree(directory);
    }

    /// The head of the file says what block it belongs to: who opens it anew can only be refused,
    /// so it is spared at first.
    @Test
    void everythingBehindTheHeadIsOverwritten() throws Exception {
        rage("all of control behind its head", ControlLayout.JOIN_EPOCH);
        requireInOrder();
    }

    @Test
    void everythingIsOverwritten() throws Exception {
        rage("all of control", 0);
        requireInOrder();
    }

    private void rage(String what, long first) throws Exception {
        Evidence evidence = Evidence.of("a hostile consumer writes anything over " + what);
        List<String> arguments = new ArrayList<>();
        for (String block : List.of(Role.STREAM, Role.STATE)) {
            arguments.add(directory.resolve(block).resolve("control").toString());
            arguments.add(Long.toString(first));
        }
        arguments.add(Long.toString(Settings.SEED));
        Path log = Files.createTempFile(Jvm.scratch(), "hostile-", ".log");
        hostile = Jvm.start(Hostile.class, List.of(), arguments, log);
        long before = verified();
        long begin = System.nanoTime();
        int looks = 0;
        while (System.nanoTime() - begin < Settings.HOSTILE_SECONDS * 1_000_000_000L) {
            players.forEach(Player::requireSound);
            look(Role.STREAM);
            look(Role.STATE);
            looks++;
        }
        assertTrue(hostile.isAlive(), () -> "the hostile one has ended");
        hostile.destroyForcibly().waitFor();
        Files.delete(log);
        evidence.row(
                "seconds=" + Settings.HOSTILE_SECONDS + ", looks=" + looks + ", slots written="
                        + players.getFirst().notes().get(Word.DONE) + ", typed errors=" + sum(Word.REFUSED)
                        + ", gaps reported=" + sum(Word.MISSED),
                "slots verified=" + (verified() - before)
                        + ", wrong bytes: 0, crashes: 0, longest call beyond its deadline=" + longest() / 1_000_000
                        + " ms, seed=" + Settings.SEED);
        if (longest() > LATE_NANOS) System.out.println("where calls were late:" + said());
        assertTrue(verified() > before, "nobody read anything");
        assertTrue(longest() < GRACE_NANOS, () -> "a call took too long: ms=" + longest() / 1_000_000 + said());
    }

    private void look(String block) {
        try {
            hub.info(block);
        } catch (DataHubException e) {
            // A typed answer to a damaged file.
        }
    }

    private String said() {
        return players.stream().map(Player::said).collect(Collectors.joining("\n", "\n", ""));
    }

    private long verified() {
        return sum(Word.VERIFIED);
    }

    private long sum(Word word) {
        return players.stream().mapToLong(player -> player.notes().get(word)).sum();
    }

    private long longest() {
        return players.stream()
                .mapToLong(player -> player.notes().get(Word.LONGEST))
                .max()
                .orElseThrow();
    }

    /// Everybody can still stop in order, and the damaged blocks can be removed.
    private void requireInOrder() throws Exception {
        for (Player player : players) player.notes().set(Word.STOP, 1);
        for (Player player : players) player.awaitEnd();
        hub.remove(Role.STREAM);
        hub.remove(Role.STATE);
        try (Stream<Path> left = Files.list(directory)) {
            assertFalse(left.findAny().isPresent());
        }
    }
}
