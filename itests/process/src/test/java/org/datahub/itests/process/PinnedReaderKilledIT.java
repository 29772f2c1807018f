package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.SlotStates;
import org.junit.jupiter.api.Test;

/// A reader of a state block that dies with a slot in its hands holds up nobody, and its buffer is
/// used again when its row is.
class PinnedReaderKilledIT {
    private static final String BLOCK = "state";
    private static final int READERS = 2;
    private static final int WRITES = 10_000;

    @Test
    void theProducerNeverWaitsForTheDead() throws Exception {
        try (TestHub hub = new TestHub();
                DataBlockProducer out = hub.open()
                        .create(BlockSpec.named(BLOCK)
                                .slotBytes(64)
                                .single()
                                .policy(SyncPolicy.LATEST_ONLY)
                                .participants(READERS))) {
            write(out, 1);
            for (int victim = 0; victim < READERS; victim++) {
                try (Child reader = Child.peer(
                        hub.directory(), "consumer", "block=" + BLOCK, "delivery=PINNED", "stay=read", "after=1")) {
                    reader.await("inside ");
                    write(out, 1);
                    reader.kill();
                    reader.exit();
                }
                write(out, WRITES);
            }
            assertEquals(1 + READERS * (1 + WRITES), out.next());
            // The dead rows still name a buffer each, and are taken by those who come next.
            assertTrue(hub.open().info(BLOCK).rows().stream().noneMatch(row -> row.alive()));
            for (int next = 0; next < 2 * READERS; next++) {
                try (DataBlockConsumer in = hub.open().attach(BLOCK, ConsumerSpec.pinned())) {
                    assertEquals(Next.SLOT, in.next(Duration.ZERO));
                    assertEquals(out.next() - 1, in.number());
                }
            }
            assertEquals(
                    List.of(),
                    hub.open().info(BLOCK).rows().stream()
                            .filter(row -> row.alive())
                            .toList());
            SlotStates states = hub.open().info(BLOCK).slotStates();
            assertTrue(states.committed() + states.draining() >= 1, states::toString);
        }
    }

    private static void write(DataBlockProducer out, int count) {
        for (int i = 0; i < count; i++) {
            assertEquals(Claim.CLAIMED, out.claim(Duration.ZERO));
            Payload.fill(out.segment(), out.offset(), out.slotBytes(), out.next(), 1);
            out.commit(out.slotBytes(), 1);
        }
    }
}
