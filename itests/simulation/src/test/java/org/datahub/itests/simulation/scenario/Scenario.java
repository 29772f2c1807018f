package org.datahub.itests.simulation.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.datahub.api.BlockSpec;
import org.datahub.api.Delivery;
import org.datahub.api.StallPolicy;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.Waiting;
import org.datahub.itests.simulation.lab.Laboratory;
import org.datahub.itests.simulation.machine.Chance;

/// Who does what with what block, as one seed has it.
///
/// @param block what the block is, and how its producers behave
/// @param consumers what each consumer is to the producer
/// @param waiting how consumers wait
/// @param sharers how many care only for a lock and a zone
/// @param slots at least so many are committed
/// @param standby producers that wait for the block while another has it
/// @param made whether the block is there when the processes begin; else they make it, all at once
/// @param handovers how often of 100 a producer begins one before it writes
/// @param chance what happens to them
record Scenario(
        BlockSpec block,
        List<Delivery> consumers,
        Waiting waiting,
        int sharers,
        int slots,
        int standby,
        boolean made,
        int handovers,
        Chance chance) {

    static final String BLOCK = "block";
    /// No run ends before.
    static final int LEAST_OPERATIONS = 500;

    private static final int[] CAPACITIES = {1, 2, 3, 3, 8};
    private static final int[] WORDS = {1, 2, 3, 5}; // of a slot; 5 reach a second cache line
    private static final int[] STALE = {0, 10, 40, 70};
    private static final int[] HELD = {0, 0, 30, 60, 80};
    private static final int EFFECTS = 400;
    private static final int OPERATIONS = 1500;
    private static final int[] NANOS = {200, 2_000, 20_000};
    private static final int[] HANDOVERS = {10, 40};
    private static final int MOVING = 5; // one seed in so many has handovers
    private static final int[] KILLS = {0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4};

    static Scenario of(long seed) {
        SplittableRandom dice = new SplittableRandom(seed);
        boolean moving = seed >= Laboratory.MOVING || seed % MOVING == 0;
        boolean state = dice.nextInt(100) < (moving ? 15 : 30);
        BlockSpec block = state ? state(dice) : stream(dice);
        block = block.slotBytes(slotBytes(dice))
                .integrity(integrity(dice))
                .timestamps(dice.nextInt(100) < 80 ? Timestamps.NONE : Timestamps.EXACT)
                .waiting(waiting(dice))
                .locks(0)
                .writeTimeout(Duration.ofSeconds(100));
        boolean gated = block.policy() != SyncPolicy.LATEST_ONLY;
        if (gated && dice.nextInt(100) < (moving ? 65 : 35))
            block = block.stall(Duration.ofNanos(stall(dice)), StallPolicy.EVICT);
        else if (gated && dice.nextInt(100) < 5) block = block.stall(Duration.ofNanos(stall(dice)), StallPolicy.FAIL);
        List<Delivery> consumers = consumers(dice, state, block.policy());
        int sharers = dice.nextInt(100) < 20 ? 1 + dice.nextInt(3) : 0;
        if (sharers > 0) block = block.locks(1).zone(Commons.ZONE, 8L * Commons.WORDS, 1);
        block = block.participants(consumers.size() + sharers + dice.nextInt(2));
        int kills = any(dice, KILLS);
        Waiting waiting = waiting(dice);
        boolean barriers = dice.nextInt(100) < 85;
        boolean ringsOnly = kills == 0
                && barriers
                && block.waiting() == Waiting.BLOCK
                && waiting == Waiting.BLOCK
                && block.stallPolicy() == StallPolicy.BLOCK;
        Chance chance = new Chance(
                any(dice, STALE),
                any(dice, HELD),
                kills,
                dice.nextInt(4),
                EFFECTS,
                OPERATIONS,
                any(dice, NANOS),
                barriers,
                ringsOnly);
        boolean made = dice.nextInt(100) < 90;
        int standby = made ? dice.nextInt(100) < 20 ? 1 : 0 : 1 + dice.nextInt(2);
        int slots = 6 + dice.nextInt(20);
        int handovers = moving ? any(dice, HANDOVERS) : 0;
        return new Scenario(block, consumers, waiting, sharers, slots, standby, made, handovers, chance);
    }

    private static String integrity(SplittableRandom dice) {
        int kind = dice.nextInt(100);
        if (kind < 70) return "none";
        return (kind < 83 ? Checksum.PLAIN : Checksum.KEYED).name();
    }

    static long slotBytes(SplittableRandom dice) {
        return 8L * any(dice, WORDS);
    }

    private static BlockSpec stream(SplittableRandom dice) {
        int slots = any(dice, CAPACITIES);
        SyncPolicy policy = dice.nextInt(100) < 80 ? SyncPolicy.SEQUENTIAL_SYNC : SyncPolicy.SEQUENTIAL;
        if (slots > 2 && dice.nextInt(100) < 10) policy = SyncPolicy.LATEST_ONLY;
        return BlockSpec.named(BLOCK)
                .slots(slots)
                .batch(1 + dice.nextInt(Math.min(slots, 3)))
                .policy(policy);
    }

    private static BlockSpec state(SplittableRandom dice) {
        return BlockSpec.named(BLOCK)
                .slots(1 + dice.nextInt(2))
                .batch(1)
                .policy(SyncPolicy.LATEST_ONLY)
                .pins(1 + dice.nextInt(2));
    }

    /// How long one may gate: some operations, or some hundreds.
    private static long stall(SplittableRandom dice) {
        return dice.nextInt(100) < 50 ? 5_000 : 500_000;
    }

    private static Waiting waiting(SplittableRandom dice) {
        int kind = dice.nextInt(100);
        if (kind < 70) return Waiting.BLOCK;
        return kind < 85 ? Waiting.BACKOFF : Waiting.SPIN;
    }

    private static List<Delivery> consumers(SplittableRandom dice, boolean state, SyncPolicy policy) {
        List<Delivery> consumers = new ArrayList<>();
        int most = policy == SyncPolicy.SEQUENTIAL ? 1 : 2;
        if (state) add(consumers, Delivery.PINNED, 1 + dice.nextInt(2));
        else if (policy != SyncPolicy.LATEST_ONLY) add(consumers, Delivery.LOSSLESS, dice.nextInt(most) + 1);
        int observers = dice.nextInt(100) < 50 ? 1 : 0;
        if (consumers.isEmpty()) observers = 1 + dice.nextInt(2);
        add(consumers, Delivery.OBSERVER, observers);
        return List.copyOf(consumers);
    }

    private static void add(List<Delivery> consumers, Delivery delivery, int count) {
        for (int added = 0; added < count; added++) consumers.add(delivery);
    }

    private static int any(SplittableRandom dice, int[] among) {
        return among[dice.nextInt(among.length)];
    }

    /// The block for a producer that takes it over whatever its slots are by now.
    BlockSpec blockAsItIs() {
        BlockSpec found = BlockSpec.named(BLOCK)
                .integrity(block.integrity())
                .waiting(block.waiting())
                .writeTimeout(block.writeTimeout());
        return block.stallPolicy() == StallPolicy.BLOCK ? found : found.stall(block.stall(), block.stallPolicy());
    }

    /// K of another generation of the block: it stays what it is, a stream or a state.
    int otherSlots(SplittableRandom dice) {
        if (state()) return 1 + dice.nextInt(2);
        int least = block.policy() == SyncPolicy.LATEST_ONLY ? 3 : block.batch();
        return Math.max(least, any(dice, CAPACITIES));
    }

    boolean keyed() {
        return block.integrity().equals(Checksum.KEYED.name());
    }

    boolean state() {
        return block.policy() == SyncPolicy.LATEST_ONLY && block.slots() < 3;
    }
}
