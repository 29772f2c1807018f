package org.datahub.engine;

import java.util.concurrent.atomic.AtomicInteger;

/// Where two actors of one state wait for each other, so that what they do falls together. Not for
/// long: the other may not
/// be running.
final class Meeting {
    private static final int SPINS = 300;

    private final AtomicInteger arrived = new AtomicInteger();

    void join() {
        if (arrived.incrementAndGet() == 2) return;
        for (int spin = 0; spin < SPINS && arrived.get() < 2; spin++) Thread.onSpinWait();
    }
}
