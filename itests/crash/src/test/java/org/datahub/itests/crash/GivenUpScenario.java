package org.datahub.itests.crash;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.Participant;
import org.datahub.api.SharedLock;
import org.datahub.api.SharedLock.Outcome;

/// A lock is handed to one that gives up at that very moment: it is taken back. Both are of the
/// victim's process, so the moment is no matter of luck.
///
/// @param party who hands it over
record GivenUpScenario(Party party) implements Scenario {
    private static final int ROUNDS = 4;
    private static final Duration SHORT = Duration.ofMillis(200);

    @Override
    public String slow() {
        return "RowLock.pass@Words.release#1";
    }

    @Override
    public void victim(Victim me) throws Exception {
        try (Participant out = me.hub().create(me.spec());
                Participant in = me.hub().attach(Stage.BLOCK, ConsumerSpec.observer())) {
            for (int round = 0; round < ROUNDS; round++) {
                if (party == Party.PRODUCER) handOver(out, in);
                else handOver(in, out);
            }
        }
    }

    private static void handOver(Participant from, Participant to) {
        SharedLock mine = from.lock(0);
        if (mine.lock(Await.PATIENCE) == Outcome.TIMEOUT) throw new AssertionError("a lock that nobody holds");
        AtomicBoolean gaveUp = new AtomicBoolean();
        Trap.slowUntil(gaveUp::get);
        Thread waiting = Thread.ofPlatform().daemon().name("waiting").start(() -> {
            if (to.lock(0).lock(SHORT) != Outcome.TIMEOUT) to.lock(0).unlock();
            gaveUp.set(true);
        });
        // Where it parks it has said that it waits.
        Await.until("it waits", () -> waiting.getState() == Thread.State.TIMED_WAITING || gaveUp.get());
        mine.unlock();
        Await.end(waiting);
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.spec());
        return () -> {
            try (Participant late = stage.hub.attach(Stage.BLOCK, ConsumerSpec.observer())) {
                SharedLock lock = late.lock(0);
                if (lock.lock(Await.PATIENCE) == Outcome.TIMEOUT) throw new AssertionError("the dead hold a lock");
                lock.declareConsistent();
                lock.unlock();
            }
        };
    }
}
