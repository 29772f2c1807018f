package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.HubOptions;
import org.datahub.api.Next;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Bytes that a thread allocates for a record, once the code is warm.
@Deadline
class AllocationTest {
    private static final int RECORDS = 100_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    /// One record, written and read.
    interface Record {
        void pass(long n);
    }

    /// Bytes a record of the best of a few runs: the first ones are the interpreter's and the
    /// compiler's.
    private static double bytesPerRecord(Record record) {
        double least = Double.MAX_VALUE;
        long n = 0;
        for (int run = 0; run < 6 && least > 0; run++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < RECORDS; i++) record.pass(n++);
            least = Math.min(least, (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / RECORDS);
        }
        return least;
    }

    private static void assertAllocatesNothing(Record record) {
        double bytes = bytesPerRecord(record);
        assertTrue(bytes < 0.1, "bytes a record: " + bytes);
    }

    @Test
    void theMeasurementSeesAllocation() {
        Object[] escape = new Object[1];
        assertTrue(bytesPerRecord(n -> escape[0] = new long[1]) >= 16);
    }

    @Test
    void theStreamProtocolAllocatesNothing() {
        StreamRig rig = StreamRig.of(hub, 7);
        StreamRig.Peer lossless = rig.lossless(0);
        StreamRig.Peer observer = rig.observer(0);
        assertAllocatesNothing(n -> {
            if (!rig.writer.claim()) throw new AssertionError();
            Pattern.fill(rig.block.data, rig.writer.cell(), n, StreamRig.BYTES);
            rig.writer.commit();
            pass(lossless.reader);
            pass(observer.reader);
        });
    }

    private static void pass(SlotReader reader) {
        if (reader.look() != SlotReader.Look.SLOT || !reader.release()) throw new AssertionError();
    }

    @Test
    void theStateProtocolAllocatesNothing() {
        StateRig rig = new StateRig(hub, 3, 1);
        StateRig.Peer pinned = rig.pinned();
        StateRig.Peer observer = rig.observer();
        assertAllocatesNothing(n -> {
            if (!rig.writer.claim()) throw new AssertionError();
            Pattern.fill(rig.block.data, rig.writer.cell(), n, StateRig.BYTES);
            rig.writer.commit();
            pass(pinned.reader);
            pass(observer.reader);
        });
    }

    /// The hub of a program, with the kernel as it is.
    private DataHub realHub() {
        return hub.closing(new LibraryHubFactory().open(HubOptions.defaults().directory(hub.path())));
    }

    @ParameterizedTest
    @CsvSource({"crc32c, EXACT", "crc32c, COARSE", "none, NONE"})
    void handlesOfAStreamAllocateNothing(String integrity, Timestamps timestamps) {
        DataHub programs = realHub();
        BlockSpec spec =
                BlockSpec.named("b").slots(7).slotBytes(64).integrity(integrity).timestamps(timestamps);
        DataBlockProducer out = programs.create(spec);
        DataBlockConsumer lossless =
                programs.attach("b", ConsumerSpec.lossless().accept(integrity));
        DataBlockConsumer observer =
                programs.attach("b", ConsumerSpec.observer().accept(integrity));
        assertAllocatesNothing(n -> passAtLayer1(out, lossless, observer, n));
        assertEquals(out.next(), lossless.received());
        assertEquals(out.next(), observer.received());
    }

    @ParameterizedTest
    @CsvSource({"crc32c", "none"})
    void handlesOfAStateBlockAllocateNothing(String integrity) {
        DataHub programs = realHub();
        BlockSpec spec = BlockSpec.named("b")
                .policy(SyncPolicy.LATEST_ONLY)
                .slotBytes(64)
                .integrity(integrity);
        DataBlockProducer out = programs.create(spec);
        DataBlockConsumer pinned = programs.attach("b", ConsumerSpec.pinned().accept(integrity));
        DataBlockConsumer observer =
                programs.attach("b", ConsumerSpec.observer().accept(integrity));
        assertAllocatesNothing(n -> passAtLayer1(out, pinned, observer, n));
    }

    private static void passAtLayer1(DataBlockProducer out, DataBlockConsumer one, DataBlockConsumer other, long n) {
        if (out.claim(Duration.ZERO) != Claim.CLAIMED) throw new AssertionError();
        out.segment().set(ValueLayout.JAVA_LONG, out.offset(), n);
        out.commit(64, n);
        read(one, n);
        read(other, n);
    }

    private static void read(DataBlockConsumer in, long n) {
        if (in.next(Duration.ZERO) != Next.SLOT) throw new AssertionError();
        if (in.segment().get(ValueLayout.JAVA_LONG, in.offset()) != n || in.user() != n || in.length() != 64) {
            throw new AssertionError("slot " + n);
        }
        if (!in.release()) throw new AssertionError("slot " + n);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aPutAllocatesNothing(boolean onHeap) {
        DataHub programs = realHub();
        DataBlockProducer out =
                programs.create(BlockSpec.named("b").slots(3).slotBytes(8192).integrity("none"));
        MemorySegment source =
                onHeap ? MemorySegment.ofArray(new byte[8192]) : Arena.ofAuto().allocate(8192, 8);
        assertAllocatesNothing(n -> {
            if (out.claim(Duration.ZERO) != Claim.CLAIMED) throw new AssertionError();
            out.put(source, 0, 0, 8192);
            out.put(source, onHeap ? 0 : 8, 0, 8192 - 8); // see DataBlockProducer.put
            out.put(source, 0, 0, 64);
            out.commit(8192);
        });
    }

    @Test
    void emptyLooksAndAbortsAllocateNothing() {
        DataHub programs = realHub();
        DataBlockProducer out = programs.create(BlockSpec.named("b").slots(1).slotBytes(64));
        DataBlockConsumer in = programs.attach("b", ConsumerSpec.lossless());
        assertAllocatesNothing(n -> {
            if (in.next(Duration.ZERO) != Next.TIMEOUT) throw new AssertionError();
            if (out.claim(Duration.ZERO) != Claim.CLAIMED) throw new AssertionError();
            out.abort();
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"SEQUENTIAL_SYNC", "LATEST_ONLY"})
    void transactionsAndReadsAllocateLittle(SyncPolicy policy) {
        DataHub programs = realHub();
        DataBlockProducer out = programs.create(BlockSpec.named("b")
                .policy(policy)
                .slots(policy == SyncPolicy.LATEST_ONLY ? 1 : 7)
                .slotBytes(64));
        DataBlockConsumer in = programs.attach(
                "b", policy == SyncPolicy.LATEST_ONLY ? ConsumerSpec.pinned() : ConsumerSpec.lossless());
        double write = bytesPerRecord(n -> {
            out.write(tx -> tx.payload().set(ValueLayout.JAVA_LONG, 0, n));
            if (in.next(Duration.ZERO) != Next.SLOT || !in.release()) throw new AssertionError();
        });
        double both = bytesPerRecord(n -> {
            out.write(tx -> tx.payload().set(ValueLayout.JAVA_LONG, 0, n));
            in.read(Duration.ZERO, slot -> slot.payload().get(ValueLayout.JAVA_LONG, 0));
        });
        System.out.printf("layer 2, %s: write %.0f, read %.0f bytes a record%n", policy, write, both - write);
        assertTrue(both < 2_000, "bytes a record: " + both);
    }
}
