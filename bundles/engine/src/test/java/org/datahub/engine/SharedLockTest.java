package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.Participant;
import org.datahub.api.SharedLock;
import org.datahub.api.SharedLock.Outcome;
import org.datahub.api.layout.LockLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Locks between participants.
@Deadline
class SharedLockTest {
    private static final Duration NOW = Duration.ZERO;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private DataBlockProducer out;
    private DataBlockConsumer in;

    @BeforeEach
    void aBlock() {
        out = hub.closing(
                hub.hub().create(BlockSpec.named("locks").slotBytes(64).slots(4).locks(3)));
        in = attach();
    }

    private DataBlockConsumer attach() {
        return hub.closing(hub.hub().attach("locks", ConsumerSpec.observer()));
    }

    /// The consumer's process dies: its lock byte is free, and nothing else changes.
    private static void die(DataBlockConsumer consumer) {
        ConsumerHandle handle = (ConsumerHandle) consumer;
        handle.fail(handle.block.gone());
        handle.block.lock.close();
    }

    @Test
    void oneOwnsAndTheOtherTimesOut() {
        assertEquals(Outcome.LOCKED, out.lock(0).lock(NOW));
        assertEquals(Outcome.TIMEOUT, in.lock(0).lock(NOW));
        assertEquals(Outcome.TIMEOUT, in.lock(0).lock(Duration.ofMillis(5)));
        assertEquals(Outcome.LOCKED, in.lock(1).lock(NOW));
        out.lock(0).unlock();
        assertEquals(Outcome.LOCKED, in.lock(0).lock(NOW));
    }

    @Test
    void theOwnerTakesItAgain() {
        SharedLock lock = out.lock(0);
        lock.lock(NOW);
        assertEquals(Outcome.LOCKED, lock.lock(NOW));
        lock.unlock();
        assertEquals(Outcome.TIMEOUT, in.lock(0).lock(NOW));
        lock.unlock();
        assertEquals(Outcome.LOCKED, in.lock(0).lock(NOW));
        assertThrows(IllegalStateException.class, lock::unlock);
    }

    @Test
    void theNextOwnerIsToldThatOneDiedUntilSomebodySaysItIsInOrder() {
        in.lock(2).lock(NOW);
        die(in);
        SharedLock mine = out.lock(2);
        assertEquals(Outcome.INCONSISTENT, mine.lock(NOW));
        mine.unlock();
        DataBlockConsumer other = attach();
        assertEquals(Outcome.INCONSISTENT, other.lock(2).lock(NOW));
        other.lock(2).declareConsistent();
        other.lock(2).unlock();
        assertEquals(Outcome.LOCKED, mine.lock(NOW));
    }

    @Test
    void aRowThatServesAnotherByNowOwnsNothing() {
        in.lock(0).lock(NOW);
        die(in);
        DataBlockConsumer same = attach(); // the dead one's row
        assertEquals(Outcome.INCONSISTENT, same.lock(0).lock(NOW));
    }

    @Test
    void aDeadProducerIsInherited() {
        out.lock(0).lock(NOW);
        hub.kill(out);
        assertEquals(Outcome.INCONSISTENT, in.lock(0).lock(NOW));
    }

    @Test
    void aHandleThatClosesPassesOnWhatItHeld() {
        in.lock(0).lock(NOW);
        in.close();
        assertEquals(Outcome.INCONSISTENT, out.lock(0).lock(NOW));
    }

    @Test
    void nobodyIsInsideWithAnotherAndNobodyStarves() {
        int rounds = 3000;
        int[] guarded = new int[1];
        List<Participant> participants = List.of(out, in, attach(), attach());
        List<Background<Integer>> workers = new ArrayList<>();
        for (Participant participant : participants) {
            workers.add(Background.run(() -> {
                SharedLock lock = participant.lock(0);
                for (int round = 0; round < rounds; round++) {
                    assertEquals(Outcome.LOCKED, lock.lock(HubFixture.SOON));
                    int before = guarded[0];
                    if (round % 16 == 0) Thread.yield();
                    guarded[0] = before + 1;
                    lock.unlock();
                }
                return rounds;
            }));
        }
        for (Background<Integer> worker : workers) assertEquals(rounds, worker.result());
        assertEquals(rounds * participants.size(), guarded[0]);
    }

    /// Waits until a participant's bit says that it waits for lock 0.
    private void awaitWaiting(Participant participant) {
        Handle handle = (Handle) participant;
        long at = handle.block.shared.lock(0);
        boolean producer = handle.row() == handle.block.geometry.rows();
        long word = at + (producer ? LockLayout.PRODUCER_WAITING : LockLayout.WAITING + handle.row() / 64 * 8L);
        long bit = producer ? 1 : 1L << handle.row() % 64;
        HubFixture.eventually(() -> (Words.acquire(handle.block.control, word) & bit) != 0);
    }

    @Test
    void whoWaitsComesBeforeWhoReleasedAndAllInTurn() {
        List<Participant> participants = List.of(in, attach(), attach(), out); // in the order of their rows
        for (int round = 0; round < 25; round++) {
            int first = round % participants.size();
            assertEquals(Outcome.LOCKED, participants.get(first).lock(0).lock(NOW));
            List<Background<Outcome>> waiting = new ArrayList<>();
            // They come in the opposite order of their turns.
            for (int step = participants.size() - 1; step > 0; step--) {
                Participant waiter = participants.get((first + step) % participants.size());
                waiting.add(0, Background.run(() -> waiter.lock(0).lock(HubFixture.SOON)));
                awaitWaiting(waiter);
            }
            for (int step = 1; step < participants.size(); step++) {
                Participant before = participants.get((first + step - 1) % participants.size());
                before.lock(0).unlock();
                assertEquals(Outcome.TIMEOUT, before.lock(0).lock(NOW), "who released got in before those that wait");
                assertEquals(Outcome.LOCKED, waiting.get(step - 1).result());
            }
            participants.get((first + 3) % participants.size()).lock(0).unlock();
        }
    }

    @Test
    void whoWasInterruptedWaitsNoMoreAndIsHandedNothing() {
        DataBlockConsumer third = attach();
        assertEquals(Outcome.LOCKED, out.lock(0).lock(NOW));
        Background<Outcome> waiting = Background.run(() -> in.lock(0).lock(Duration.ofHours(1)));
        awaitWaiting(in);
        waiting.thread().interrupt();
        Refusals.assertRefusal(ErrorCode.INTERRUPTED, waiting.failure());
        out.lock(0).unlock();
        assertEquals(Outcome.LOCKED, third.lock(0).lock(NOW));
    }

    @Test
    void whoClosedWhileItWaitedIsToldAndHandedNothing() {
        DataBlockConsumer third = attach();
        assertEquals(Outcome.LOCKED, out.lock(0).lock(NOW));
        Background<Outcome> waiting = Background.run(() -> in.lock(0).lock(Duration.ofHours(1)));
        awaitWaiting(in);
        in.close();
        Refusals.assertRefusal(ErrorCode.HANDLE_CLOSED, waiting.failure());
        out.lock(0).unlock();
        assertEquals(Outcome.LOCKED, third.lock(0).lock(NOW));
    }

    @Test
    void aLockThatIsNotThereIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> out.lock(3));
        assertThrows(IllegalArgumentException.class, () -> out.lock(-1));
        assertTrue(out.lock(2).lock(NOW) == Outcome.LOCKED);
    }
}
