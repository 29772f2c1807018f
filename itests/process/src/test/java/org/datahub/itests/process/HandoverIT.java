package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.datahub.api.BlockSpec;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.HugePagePool;
import org.datahub.api.testing.Proof;
import org.junit.jupiter.api.Test;

/// A block under full load goes from memory to memory, with another capacity and other slots each
/// time; nobody stops, and nothing is missing.
class HandoverIT {
    private static final String BLOCK = "load";
    private static final int[] SLOTS = {64, 200, 16, 128, 31};
    private static final int[] BYTES = {4096, 1024, 6000};

    private static final int HANDOVERS = Proof.count("handovers", 24, 200);

    private final List<Child> children = new ArrayList<>();
    private final Figures pauses = new Figures();

    @Test
    void throughHugePagesAndFiles() throws Exception {
        try (HugePagePool pool = HugePagePool.mount(HugePagePool.SMALL, 4);
                Homes homes = new Homes(pool)) {
            long free = pool.count("free_hugepages");
            handOver(homes, "hugepages", "file", "shm");
            assertEquals(free, pool.count("free_hugepages"));
        }
    }

    @Test
    void throughFiles() throws Exception {
        try (Homes homes = new Homes()) {
            handOver(homes, "file", "shm");
        }
    }

    private void handOver(Homes homes, String... allocators) throws Exception {
        Evidence evidence =
                Evidence.of("handovers under full load, allocators in turn: " + String.join(", ", allocators));
        homes.hub()
                .open()
                .declare(BlockSpec.named(BLOCK).slotBytes(BYTES[0]).ring(64).policy(SyncPolicy.SEQUENTIAL_SYNC));
        try {
            Child one = start(homes, "consumer", "from=OLDEST", "label=one");
            Child two = start(homes, "consumer", "from=OLDEST", "label=two");
            Child observer = start(homes, "consumer", "from=OLDEST", "label=observer", "delivery=OBSERVER");
            for (Child consumer : List.of(one, two, observer)) consumer.await("ready 0");
            Child producer = start(homes, "producer");
            List<Child> comers = List.of(
                    start(homes, "comer", "after=500", "label=newest"),
                    start(homes, "comer", "after=500", "label=oldest", "from=OLDEST"));
            for (Child comer : comers) comer.await("warm");
            long looks;
            try (Watcher watcher = new Watcher(homes)) {
                for (int at = 0; at < HANDOVERS; at++)
                    handOver(homes, producer, at, allocators[at % allocators.length]);
                looks = watcher.end();
            }
            StringJoiner came = new StringJoiner(" and ");
            for (Child comer : comers) {
                comer.send("end");
                came.add(comer.await("came ").replaceFirst("came (.*) (.*)", "$1 ($2 gaps)"));
                comer.exitCleanly();
            }
            homes.awaitRetired(BLOCK);
            producer.send("end");
            long longest = Long.parseLong(producer.await("longest ").split(" ")[1]);
            long end = Homes.ended(producer);
            for (Child consumer : List.of(one, two)) Homes.sawAll(consumer, 0, end);
            observer.exitCleanly();
            long observed = observed(observer, end);
            homes.hub().open().remove(BLOCK);
            assertEquals(List.of(), homes.segments());
            evidence.row(
                    HANDOVERS + " handovers, " + end + " slots, each seen once by two lossless consumers, "
                            + observed + " by an observer and the others told; lossless consumers that came meanwhile"
                            + " at the newest and at the oldest slot, with gaps behind their first slot: " + came
                            + "; the block was looked at " + looks + " times",
                    "from the commit before a cut to the claim behind it: " + pauses
                            + String.format(", the longest between other slots %.2f ms", longest / 1e6));
        } finally {
            children.forEach(Child::close);
        }
    }

    private Child start(Homes homes, String role, String... options) throws Exception {
        Child child = homes.peer(BLOCK, role, options);
        children.add(child);
        return child;
    }

    private void handOver(Homes homes, Child producer, int at, String allocator) {
        int slots = SLOTS[at % SLOTS.length];
        int bytes = BYTES[(at + 1) % BYTES.length];
        long first = homes.handOver(
                BLOCK, HandoverSpec.same().allocator(allocator).slots(slots).slotBytes(bytes));
        String[] cut = producer.await("cut ").split(" ");
        assertEquals(first, Long.parseLong(cut[1]));
        pauses.add(Long.parseLong(cut[2]));
        BlockInfo info = homes.hub().open().info(BLOCK);
        assertEquals(2 + at, info.generation());
        assertEquals(allocator, info.allocator());
        assertEquals(slots, info.slots());
        assertEquals(bytes, info.slotBytes());
        for (Child child : children) assertTrue(child.alive(), child::describe);
    }

    /// What it received; holds that this and what it was told to have missed is all of the stream.
    private static long observed(Child observer, long end) {
        String ended = observer.await("ended ");
        long received = Homes.number(ended, "received");
        assertEquals(end, received + Homes.number(ended, "missed"), ended);
        return received;
    }

    /// Looks at the block all the time, as an operator would; holds that it can, and that nothing goes back.
    private static final class Watcher implements AutoCloseable {
        private final Homes homes;
        private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::look);
        private volatile boolean over;
        private volatile Throwable fault;
        private volatile long looks;

        Watcher(Homes homes) {
            this.homes = homes;
            thread.start();
        }

        private void look() {
            try {
                BlockInfo before = homes.hub().open().info(BLOCK);
                while (!over) {
                    BlockInfo now = homes.hub().open().info(BLOCK);
                    assertTrue(now.generation() >= before.generation(), now + " after " + before);
                    assertTrue(now.next() >= before.next(), now + " after " + before);
                    homes.hub().open().slots(BLOCK);
                    before = now;
                    looks++;
                    Thread.sleep(1); // the block is what needs the processors
                }
            } catch (InterruptedException | RuntimeException | AssertionError e) {
                fault = e;
            }
        }

        /// How often it looked.
        long end() throws InterruptedException {
            over = true;
            thread.join();
            if (fault != null) throw new AssertionError(fault);
            return looks;
        }

        @Override
        public void close() {
            over = true;
        }
    }
}
