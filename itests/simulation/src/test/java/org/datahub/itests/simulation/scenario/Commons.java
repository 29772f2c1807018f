package org.datahub.itests.simulation.scenario;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.FlexibleZone;
import org.datahub.api.Participant;
import org.datahub.api.SharedLock;
import org.datahub.api.layout.Words;
import org.datahub.itests.simulation.machine.Machine;
import org.datahub.itests.simulation.machine.SimulatedProcess;

/// What participants share: a spin lock with two words that it guards, and a flexible zone. Does
/// one thing with them at a time, for whoever asks, and knows what must come out.
final class Commons {
    static final String ZONE = "zone";
    static final int WORDS = 3;
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Machine machine;
    private final Oracle oracle;
    private final MemorySegment guarded;
    private SimulatedProcess owner;
    private boolean mustBeInconsistent;
    private boolean mayBeInconsistent;

    private final List<Long> snapshots = new ArrayList<>(List.of(0L)); // by generation: which attempt
    private final Map<SimulatedProcess, Long> drafts = new HashMap<>();
    private final Map<SimulatedProcess, Long> read = new HashMap<>();
    private long lastAttempt;

    Commons(Machine machine, Oracle oracle) {
        this.machine = machine;
        this.oracle = oracle;
        this.guarded = machine.allocate(2 * Long.BYTES);
    }

    /// One thing with the lock or the zone.
    void use(Participant participant, SplittableRandom dice) {
        switch (dice.nextInt(4)) {
            case 0, 1 -> underLock(participant.lock(0), dice);
            case 2 -> publish(participant.zone(ZONE));
            default -> read(participant.zone(ZONE));
        }
    }

    void killed(SimulatedProcess process) {
        if (owner == process) {
            owner = null;
            mustBeInconsistent = true;
        }
        mayBeInconsistent = true; // it may have had the lock and not yet known, or no longer
    }

    private void underLock(SharedLock lock, SplittableRandom dice) {
        SharedLock.Outcome outcome = lock.lock(dice.nextInt(5) == 0 ? Duration.ZERO : SHORT);
        if (outcome == SharedLock.Outcome.TIMEOUT) {
            oracle.count("locks not taken in time", 1);
            return;
        }
        enter(outcome);
        boolean twice = dice.nextInt(5) == 0;
        if (twice) oracle.require(lock.lock(Duration.ZERO) == outcome, "a lock is not taken again by its owner");
        long next = Math.max(guardedWord(0), guardedWord(1)) + 1;
        Words.plain(guarded, 0, next);
        Words.plain(guarded, Long.BYTES, next);
        if (outcome == SharedLock.Outcome.INCONSISTENT && dice.nextInt(3) > 0) {
            mustBeInconsistent = false;
            mayBeInconsistent = false;
            lock.declareConsistent();
        }
        if (twice) lock.unlock();
        oracle.require(owner == machine.running(), "two owners of a lock: " + owner);
        owner = null;
        lock.unlock();
    }

    private void enter(SharedLock.Outcome outcome) {
        oracle.require(owner == null, "two owners of a lock: " + owner);
        owner = machine.running();
        boolean inconsistent = outcome == SharedLock.Outcome.INCONSISTENT;
        oracle.require(inconsistent || !mustBeInconsistent, "an owner died, and the next was not told");
        oracle.require(!inconsistent || mayBeInconsistent, "a lock is called inconsistent, and nobody died");
        mustBeInconsistent = inconsistent;
        oracle.count(inconsistent ? "locks taken from the dead" : "locks taken", 1);
        oracle.require(inconsistent || guardedWord(0) == guardedWord(1), "what a lock guards is half changed");
    }

    private long guardedWord(int word) {
        long value = Words.plain(guarded, 8L * word);
        oracle.require(
                value == machine.memory().newest(guarded, 8L * word),
                "what was changed under a lock is not seen under it");
        return value;
    }

    private void publish(FlexibleZone zone) {
        try {
            zone.publish(SHORT, draft -> {
                requireSnapshot(draft, snapshots.size() - 1);
                long attempt = ++lastAttempt;
                drafts.put(machine.running(), attempt);
                for (int word = 0; word < WORDS; word++)
                    draft.set(
                            java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 8L * word, Payload.word(attempt, word));
            });
            oracle.count("snapshots published", 1);
        } catch (DataHubException e) {
            if (e.code() != ErrorCode.LOCK_TIMEOUT) throw e;
            oracle.count("snapshots not published in time", 1);
        }
    }

    /// The word that says which snapshot is the newest was stored.
    void published(long generation) {
        oracle.require(generation == snapshots.size(), "a snapshot is lost: generation=" + generation);
        snapshots.add(drafts.get(machine.running()));
    }

    private void read(FlexibleZone zone) {
        MemorySegment into = MemorySegment.ofArray(new long[WORDS]);
        long generation = zone.read(into);
        long before = read.getOrDefault(machine.running(), 0L);
        oracle.require(generation >= before, "an older snapshot than before: generation=" + generation);
        read.put(machine.running(), generation);
        requireSnapshot(into, generation);
        oracle.count("snapshots read", 1);
    }

    private void requireSnapshot(MemorySegment words, long generation) {
        oracle.require(generation < snapshots.size(), "a snapshot that was never published: generation=" + generation);
        long attempt = snapshots.get((int) generation);
        for (int word = 0; word < WORDS; word++) {
            long expected = generation == 0 ? 0 : Payload.word(attempt, word);
            long found = words.get(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 8L * word);
            oracle.require(found == expected, "a snapshot is torn: generation=" + generation + ", word=" + word);
        }
    }
}
