package org.datahub.itests.crash;

import org.datahub.api.Participant;

/// A participant in a thread of the test that does the same thing again and again, against the
/// victim.
final class Rival implements AutoCloseable {
    /// One round; may throw what it finds wrong.
    interface Round {
        void play(Participant me);
    }

    private final Participant me;
    private final Round round;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile long rounds;
    private volatile Throwable failure;

    Rival(Participant me, Round round) {
        this.me = me;
        this.round = round;
        this.thread = Thread.ofPlatform().daemon().name("rival").start(this::run);
    }

    private void run() {
        try {
            while (!stopped) {
                round.play(me);
                rounds++;
                Thread.yield();
            }
        } catch (Throwable t) {
            failure = t;
        } finally {
            me.close();
        }
    }

    /// Rounds so far.
    long rounds() {
        return rounds;
    }

    /// Waits until it has played `more` rounds: nothing that died holds it up.
    void awaitMore(long more) {
        long enough = rounds + more;
        Await.until("a rival plays on", () -> rounds >= enough || failure != null);
        requireSound();
    }

    private void requireSound() {
        if (failure != null) throw new AssertionError("a rival failed in round " + rounds, failure);
    }

    /// Ends it; returns its rounds.
    long finish() {
        close();
        requireSound();
        return rounds;
    }

    @Override
    public void close() {
        stopped = true;
        Await.end(thread);
    }
}
