package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;

/// Records whose user word is the number of their slot.
final class Marked {
    private Marked() {}

    static void write(DataBlockProducer out, long count) {
        for (long i = 0; i < count; i++) out.write(tx -> tx.user(tx.number()));
    }

    /// Slot n comes next, within this time.
    static void read(DataBlockConsumer in, long n, Duration timeout) {
        assertEquals(Next.SLOT, in.next(timeout));
        assertEquals(n, in.number());
        assertEquals(n, in.user());
        assertTrue(in.release());
    }
}
