package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.datahub.api.BlockSpec;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.Proof;
import org.junit.jupiter.api.Test;

/// One of two lossless consumers is killed, again and again, wherever it may be; nobody else is
/// harmed.
class ConsumerKilledIT {
    private static final String BLOCK = "load";
    private static final int SLOT_BYTES = 4096;
    private static final int SLOTS = 256;

    private static final int KILLS = Proof.count("kills", 12, 200);
    private static final int OF_EACH = Proof.count("kills.each", 2, 30);

    /// Where the victim is when it dies.
    private enum Where {
        /// Anywhere under load.
        READING,
        /// Between `inside` and the end of that read.
        INSIDE,
        /// In an attach that has begun and not returned.
        JOINING,
        /// It reads no more, and the producer waits for it.
        GATING
    }

    // An attach is over so soon that most of the joiners die elsewhere.
    private static final List<Where> ROUND =
            List.of(Where.INSIDE, Where.JOINING, Where.GATING, Where.JOINING, Where.READING, Where.JOINING);

    private final Random random = new Random(2);
    private final Map<Where, Figures> commits = new EnumMap<>(Where.class);
    private final Figures all = new Figures();
    private final Figures releases = new Figures();

    @Test
    void theOtherConsumerSeesEverySlotOnce() throws Exception {
        Evidence evidence = Evidence.of("SIGKILL of one of two lossless consumers under full load");
        for (Where where : Where.values()) commits.put(where, new Figures());
        try (TestHub hub = new TestHub()) {
            hub.open()
                    .declare(BlockSpec.named(BLOCK)
                            .slotBytes(SLOT_BYTES)
                            .ring(SLOTS)
                            .policy(SyncPolicy.SEQUENTIAL_SYNC));
            try (Child survivor =
                            Child.peer(hub.directory(), "consumer", "block=" + BLOCK, "from=OLDEST", "label=survivor");
                    BlockLook look = new BlockLook(hub.directory(), BLOCK)) {
                survivor.await("ready 0");
                try (Child producer = Child.peer(hub.directory(), "producer", "block=" + BLOCK)) {
                    producer.await("ready 0");
                    killAll(hub, look, survivor, producer);
                    producer.send("end");
                    long next = Long.parseLong(producer.await("ended ").split(" ")[1]);
                    producer.exitCleanly();
                    survivor.exitCleanly();
                    assertEquals(
                            "ended received=" + next + " missed=0 first=0 last=" + (next - 1),
                            survivor.await("ended "));
                    assertFalse(survivor.lines().stream().anyMatch(line -> line.startsWith("gap")), survivor::describe);
                    evidence.row(counted(next), measured());
                }
            }
        }
    }

    private void killAll(TestHub hub, BlockLook look, Child survivor, Child producer) throws Exception {
        for (int kill = 0; all.count() < KILLS || wanting() != null; kill++) {
            kill(all.count() < KILLS ? ROUND.get(kill % ROUND.size()) : wanting(), hub, look, producer);
            if (!survivor.alive() || !producer.alive()) {
                throw new AssertionError("kill=" + kill + ". " + survivor.describe() + producer.describe());
            }
        }
    }

    /// A place where not enough have died yet, or null.
    private Where wanting() {
        for (Where where : Where.values()) {
            if (commits.get(where).count() < OF_EACH) return where;
        }
        return null;
    }

    private void kill(Where where, TestHub hub, BlockLook look, Child producer) throws Exception {
        try (Child victim = victim(where, hub)) {
            int row = ready(where, victim, hub, producer);
            if (where != Where.GATING) Thread.sleep(random.nextInt(20)); // the moment of death is what is random here
            Probe.Seen seen = new Probe(look, row).kill(victim);
            victim.exit();
            Where died = where == Where.JOINING && !joining(victim) ? Where.READING : where;
            assertTrue(seen.held() || where == Where.JOINING, victim::describe);
            commits.get(died).add(seen.commit());
            all.add(seen.commit());
            releases.add(seen.free());
            assertFalse(victim.lines().stream().anyMatch(line -> line.startsWith("wrong")), victim::describe);
        }
    }

    private static Child victim(Where where, TestHub hub) throws Exception {
        return switch (where) {
            case READING -> Child.peer(hub.directory(), "consumer", "block=" + BLOCK, "label=victim");
            case INSIDE -> Child.peer(hub.directory(), "consumer", "block=" + BLOCK, "label=victim", "stay=read");
            case JOINING -> Child.peer(hub.directory(), "joiner", "block=" + BLOCK);
            case GATING -> Child.peer(hub.directory(), "consumer", "block=" + BLOCK, "label=victim", "stay=idle");
        };
    }

    /// Waits until the victim is where it is to die; its row.
    private static int ready(Where where, Child victim, TestHub hub, Child producer) {
        switch (where) {
            case READING -> victim.await("reading");
            case INSIDE -> victim.await("inside");
            case JOINING -> victim.await("warm");
            case GATING -> {
                long stopped = Long.parseLong(victim.await("stopped").split(" ")[1]);
                producer.await("gate " + (stopped + SLOTS));
            }
        }
        if (where == Where.JOINING) return 1; // the survivor took 0, and nobody else is there
        return hub.open().info(BLOCK).rows().stream()
                .filter(row -> row.alive() && row.participant().pid() == victim.pid())
                .mapToInt(BlockInfo.Row::index)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row. " + victim.describe()));
    }

    /// Whether its last mark says that it was inside an attach.
    private static boolean joining(Child victim) {
        return victim.lines().getLast().endsWith("J");
    }

    private String counted(long slots) {
        return all.count() + " kills (" + commits.get(Where.INSIDE).count() + " inside a read, "
                + commits.get(Where.JOINING).count() + " during join, "
                + commits.get(Where.GATING).count()
                + " while gating), " + slots + " slots of " + SLOT_BYTES + " bytes, each seen once";
    }

    private String measured() {
        return "lock byte free to next commit: all " + all + ", while gating " + commits.get(Where.GATING)
                + ", inside a read " + commits.get(Where.INSIDE) + "; SIGKILL to lock byte free: " + releases;
    }
}
