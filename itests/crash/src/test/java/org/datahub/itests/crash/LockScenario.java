package org.datahub.itests.crash;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.FlexibleZone;
import org.datahub.api.Participant;
import org.datahub.api.SharedLock;
import org.datahub.api.SharedLock.Outcome;
import org.datahub.engine.Inside;

/// Locks between the victim and two rivals: two words that are equal whenever the lock is taken in
/// order, or the taker is told that they may not be. Two more locks belong to owners that died
/// before: one whose row is free, one whose row is another's.
///
/// @param party who the victim is
record LockScenario(Party party) implements Scenario {
    private static final int SHARED = 0;
    private static final int LEFT = 1;
    private static final int STALE = 2;
    private static final int ROUNDS = 40;
    private static final int INTERRUPTS = 3;
    private static final Duration SHORT = Duration.ofMillis(2);
    private static final long DWELL_NANOS = 4_000_000;
    private static final int RESTS = 4;
    private static final long REST_NANOS = 3_000_000;
    private static final long MOST_REST_NANOS = 60_000_000;

    /// A waiter that gives up while it is handed the lock.
    @Override
    public String slow() {
        return "RowLock.pass@Words.release#1";
    }

    @Override
    public void victim(Victim me) {
        try (Participant participant = participant(me)) {
            for (int lock : new int[] {LEFT, STALE}) {
                SharedLock mine = participant.lock(lock);
                if (mine.lock(Await.PATIENCE) != Outcome.INCONSISTENT)
                    throw new AssertionError("in order: lock=" + lock);
                mine.declareConsistent();
                mine.unlock();
            }
            for (int time = 0; time < INTERRUPTS; time++) beInterrupted(participant.lock(SHARED));
            for (int round = 0; round < ROUNDS; round++) {
                play(participant, round % 2 == 0 ? DWELL_NANOS : 0);
                if (round % 4 == 0) me.pace();
            }
            take(participant.lock(SHARED));
        }
    }

    private Participant participant(Victim me) {
        return party == Party.PRODUCER
                ? me.hub().create(me.spec())
                : me.hub().attach(Stage.BLOCK, ConsumerSpec.observer());
    }

    private static void play(Participant me) {
        play(me, 0);
    }

    /// Stays inside for `nanos`, so that others come to wait.
    private static void play(Participant me, long nanos) {
        SharedLock lock = me.lock(SHARED);
        FlexibleZone guarded = me.zone(Stage.ZONE);
        Outcome outcome = take(lock);
        long left = guarded.get(0);
        if (outcome == Outcome.LOCKED && left != guarded.get(1)) {
            throw new AssertionError("two were inside at once: " + left + " and " + guarded.get(1));
        }
        guarded.set(0, left + 1);
        Trap.at("locked");
        if (nanos > 0) LockSupport.parkNanos(nanos);
        guarded.set(1, left + 1);
        if (outcome == Outcome.INCONSISTENT) lock.declareConsistent();
        lock.unlock();
    }

    /// A wait that an interrupt ends: it takes back that it waits. Where nobody held the lock there
    /// was no wait.
    private static void beInterrupted(SharedLock lock) {
        Await.until("a wait is interrupted", () -> {
            Thread.currentThread().interrupt();
            try {
                if (lock.lock(SHORT) != Outcome.TIMEOUT) lock.unlock();
                return false;
            } catch (DataHubException e) {
                if (e.code() != ErrorCode.INTERRUPTED) throw e;
                return true;
            } finally {
                Thread.interrupted();
            }
        });
    }

    /// In short tries with longer rests between them: who gives up may be handed the lock at that
    /// moment, and must not be waiting again when the other looks.
    private static Outcome take(SharedLock lock) {
        long deadline = System.nanoTime() + Await.PATIENCE.toNanos();
        for (long begin = System.nanoTime(); begin - deadline < 0; begin = System.nanoTime()) {
            Outcome outcome = lock.lock(SHORT);
            if (outcome != Outcome.TIMEOUT) return outcome;
            long tried = System.nanoTime() - begin;
            LockSupport.parkNanos(Math.clamp(RESTS * tried, REST_NANOS, MOST_REST_NANOS));
        }
        throw new AssertionError("a lock that nobody alive holds can't be had");
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.spec());
        DataBlockConsumer stale = stage.hub.attach(Stage.BLOCK, ConsumerSpec.observer());
        stale.lock(STALE).lock(Duration.ZERO);
        Inside.die(stage.hub, stale);
        List<Participant> others = new ArrayList<>();
        others.add(stage.consumer(ConsumerSpec.observer())); // in the row of the dead one
        others.add(party == Party.PRODUCER ? stage.consumer(ConsumerSpec.observer()) : stage.producer());
        DataBlockConsumer left = stage.hub.attach(Stage.BLOCK, ConsumerSpec.observer());
        left.lock(LEFT).lock(Duration.ZERO);
        Inside.die(stage.hub, left);
        List<Rival> rivals = others.stream()
                .map(other -> stage.closing(new Rival(other, LockScenario::play)))
                .toList();
        return () -> {
            for (Rival rival : rivals) rival.awaitMore(20);
            for (Rival rival : rivals) rival.finish();
            try (Participant late = stage.hub.attach(Stage.BLOCK, ConsumerSpec.observer())) {
                play(late);
                for (int lock : new int[] {LEFT, STALE}) take(late.lock(lock));
            }
        };
    }
}
