package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.datahub.api.BlockSpec;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.Proof;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a record costs the garbage collector, in a producer and two consumers that run against each
/// other.
class AllocationIT {
    private static final int RECORDS = Proof.count("records", 500_000, 5_000_000);
    private static final int LAYER_WITHOUT = 1;
    private static final double MOST_BYTES = RECORDS < 5_000_000 ? 0.5 : 0.01;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aRecordAllocatesNothingAtLayerOne(int layer) throws Exception {
        Evidence evidence = Evidence.of("allocation in steady state at layer " + layer + ", between processes");
        String[] options = {"block=records", "layer=" + layer, "records=" + RECORDS};
        try (TestHub hub = new TestHub()) {
            hub.open().declare(BlockSpec.named("records").slotBytes(256).ring(1024));
            try (Child lossless = Child.peer(hub.directory(), "meter-consumer", options);
                    Child observer =
                            Child.peer(hub.directory(), "meter-consumer", with(options, "delivery=OBSERVER"))) {
                lossless.await("ready");
                observer.await("ready");
                try (Child producer = Child.peer(hub.directory(), "meter-producer", options)) {
                    double written = perRecord(producer);
                    double read = perRecord(lossless);
                    double observed = perRecord(observer);
                    producer.send("end");
                    for (Child child : new Child[] {producer, lossless, observer}) child.exitCleanly();
                    String[] counts = lossless.await("read ").split(" ");
                    assertEquals("0", counts[2], "missed");
                    assertEquals(-Long.parseLong(counts[1]), Long.parseLong(counts[3]), "payloads that were not whole");
                    String figures = String.format(
                            "bytes a record: write %.3f, read %.3f, observe %.3f", written, read, observed);
                    if (layer == LAYER_WITHOUT) {
                        // An object a record is 16 bytes or more; a JVM that still compiles allocates now and then.
                        assertTrue(Math.max(written, Math.max(read, observed)) < MOST_BYTES, figures);
                    }
                    evidence.row(RECORDS + " records of 256 bytes after twice as many to warm up", figures);
                }
            }
        }
    }

    private static double perRecord(Child child) {
        return Double.parseDouble(child.await("allocated ").split(" ")[1]) / RECORDS;
    }

    private static String[] with(String[] options, String more) {
        String[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = more;
        return all;
    }
}
