package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;

/// Records whose payload is the number of their slot.
final class Numbered {
    private Numbered() {}

    static void write(DataBlockProducer out, long count) {
        for (long i = 0; i < count; i++) out.write(tx -> tx.payload().set(ValueLayout.JAVA_LONG, 0, tx.number()));
    }

    /// Every slot from `from` to `to` comes, and no other.
    static void read(DataBlockConsumer in, long from, long to) {
        for (long n = from; n < to; n++) {
            long wanted = n;
            assertEquals(Next.SLOT, in.read(HubFixture.SOON, slot -> {
                assertEquals(wanted, slot.number());
                assertEquals(wanted, slot.payload().get(ValueLayout.JAVA_LONG, 0));
            }));
        }
    }
}
