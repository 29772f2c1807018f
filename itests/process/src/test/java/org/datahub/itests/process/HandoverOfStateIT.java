package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.datahub.api.BlockSpec;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.Proof;
import org.junit.jupiter.api.Test;

/// A state block under full load goes from memory to memory; its readers see values that only get
/// newer, each whole, and the last one in the end.
class HandoverOfStateIT {
    private static final String BLOCK = "state";
    private static final int LENGTH = 1000;
    private static final int[] BYTES = {1000, 4096, 2000};

    private static final int HANDOVERS = Proof.count("handovers", 24, 200);

    @Test
    void readersFollow() throws Exception {
        Evidence evidence = Evidence.of("handovers of a state block under full load, allocators in turn: file, shm");
        List<Child> readers = new ArrayList<>();
        try (Homes homes = new Homes()) {
            homes.hub()
                    .open()
                    .declare(BlockSpec.named(BLOCK).slotBytes(LENGTH).single().policy(SyncPolicy.LATEST_ONLY));
            try (Child producer = homes.peer(BLOCK, "producer", "length=" + LENGTH)) {
                producer.await("ready 0");
                for (String delivery : List.of("PINNED", "PINNED", "OBSERVER")) {
                    readers.add(
                            homes.peer(BLOCK, "consumer", "delivery=" + delivery, "passes=true", "length=" + LENGTH));
                }
                for (Child reader : readers) reader.await("reading");
                Figures pauses = new Figures();
                for (int at = 0; at < HANDOVERS; at++) {
                    String allocator = at % 2 == 0 ? "file" : "shm";
                    long first = homes.handOver(
                            BLOCK, HandoverSpec.same().allocator(allocator).slotBytes(BYTES[(at + 1) % BYTES.length]));
                    String[] cut = producer.await("cut ").split(" ");
                    assertEquals(first, Long.parseLong(cut[1]));
                    pauses.add(Long.parseLong(cut[2]));
                    assertEquals(2 + at, homes.hub().open().info(BLOCK).generation());
                    assertEquals(allocator, homes.hub().open().info(BLOCK).allocator());
                    for (Child reader : readers) assertTrue(reader.alive(), reader::describe);
                }
                homes.awaitRetired(BLOCK);
                long end = Homes.end(producer);
                for (Child reader : readers) {
                    reader.exitCleanly();
                    String ended = reader.await("ended ");
                    assertTrue(ended.endsWith(" last=" + (end - 1)), ended);
                }
                homes.hub().open().remove(BLOCK);
                assertEquals(List.of(), homes.segments());
                evidence.row(
                        HANDOVERS + " handovers, " + end + " values, " + readers.size() + " readers",
                        "from the commit before a cut to the claim behind it: " + pauses);
            } finally {
                readers.forEach(Child::close);
            }
        }
    }
}
