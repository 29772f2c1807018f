package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Doorbell;
import org.datahub.api.spi.Kernel;

/// The other side of a [Pause]: rings if somebody sleeps, for the price of a load if nobody does.
final class Ringer {
    private final MemorySegment bells;
    private final long bell;
    private final MemorySegment words;
    private final long asleep;
    private final Doorbell doorbell;
    private long rings;

    Ringer(Kernel kernel, MemorySegment bells, long bell, MemorySegment words, long asleep) {
        this.bells = bells;
        this.bell = bell;
        this.words = words;
        this.asleep = asleep;
        this.doorbell = kernel.doorbell(bells, bell);
    }

    /// Called after the store that sleepers wait for.
    void ring() {
        if (Words.opaqueInt(words, asleep) != 0) wake();
    }

    private void wake() {
        if (Words.exchangeInt(words, asleep, 0) == 0) return;
        Words.addInt(bells, bell, 1);
        doorbell.wakeAll();
        rings++;
    }

    /// Wake-ups so far.
    long rings() {
        return rings;
    }
}
