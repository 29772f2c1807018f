package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import org.datahub.api.BlockSpec;
import org.datahub.api.Delivery;
import org.datahub.api.SyncPolicy;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.Words;

/// Layer 0 of one stream block, stepped by hand: its producer, and consumers of which each has
/// files of its own.
final class StreamRig {
    static final long BYTES = 24;

    private final HubFixture hub;
    final Block block;
    final Geometry geometry;
    final Rows rows;
    StreamWriter writer;

    StreamRig(HubFixture hub, BlockSpec spec) {
        this.hub = hub;
        this.block = hub.produced(spec);
        this.geometry = block.geometry;
        this.rows = new Rows(block);
        takeOver();
    }

    static StreamRig of(HubFixture hub, long slots) {
        return new StreamRig(
                hub, BlockSpec.named("stream").slots(slots).slotBytes(BYTES).policy(SyncPolicy.SEQUENTIAL_SYNC));
    }

    /// A producer takes the block as the last one left it.
    StreamWriter takeOver() {
        writer = HubFixture.streamWriter(block);
        return writer;
    }

    /// Writes the next slot; its number.
    long write() {
        long n = writer.next();
        assertTrue(writer.claim(), () -> "gated at slot " + n);
        fill();
        writer.commit();
        return n;
    }

    void write(long count) {
        for (long i = 0; i < count; i++) write();
    }

    /// Payload and header of the claimed slot.
    void fill() {
        Pattern.fill(block.data, writer.cell(), writer.next(), BYTES);
    }

    long head() {
        return Words.acquire(block.data, DataLayout.HEAD);
    }

    long stamp(long cell) {
        return SlotHeader.stamp(block.data, geometry.cell(cell));
    }

    /// The rule that everything rests on: right now, the K slots before `next` can be read.
    void assertNewestIntact(long next) {
        for (long n = Math.max(0, next - geometry.slots()); n < next; n++) {
            long cell = geometry.cellOf(n);
            assertEquals(n + 1, SlotHeader.stamp(block.data, cell), "stamp of slot " + n + " of " + next);
            assertTrue(Pattern.isWhole(block.data, cell, n, BYTES), "bytes of slot " + n + " of " + next);
        }
        assertEquals(next, StreamWriter.newest(block.data, geometry));
        assertTrue(head() <= next, "head=" + head() + ", next=" + next);
    }

    /// No stamp says more than what was committed.
    void assertNothingBeyond(long next) {
        for (long cell = 0; cell < geometry.cells(); cell++) {
            long stamp = stamp(cell);
            assertTrue(stamp >= 0 && stamp <= next, "cell=" + cell + ", stamp=" + stamp + ", next=" + next);
        }
    }

    long gatingCursor(int row) {
        return Words.acquire(block.control, ControlLayout.row(row) + RowLayout.CURSOR);
    }

    void put(int row, long field, long value) {
        Words.release(block.control, ControlLayout.row(row) + field, value);
    }

    long joinEpoch() {
        return Words.acquire(block.control, ControlLayout.JOIN_EPOCH);
    }

    Peer lossless(long start) {
        return new Peer(Delivery.LOSSLESS).join(start);
    }

    Peer observer(long start) {
        return new Peer(Delivery.OBSERVER).join(start);
    }

    /// One whose row is not active yet.
    Peer joining(Delivery delivery) {
        return new Peer(delivery);
    }

    /// A consumer at layer 0, and what it got.
    final class Peer {
        final Block block = hub.block(StreamRig.this.block.name, Block.Use.CONSUME);
        final Rows rows = new Rows(block);
        final int row;
        final Map<Long, String> outcome = new HashMap<>();
        StreamReader reader;
        private final Delivery delivery;
        private Runnable beforeCopy = () -> {};
        private long from;

        private Peer(Delivery delivery) {
            this.delivery = delivery;
            this.row = rows.take(delivery);
            rows.introduce(row, block.kernel.identity(), block.kernel.barriers(), "peer");
        }

        Peer join(long start) {
            return readsFrom(start, rows.activate(row, delivery, start));
        }

        /// Reads as if it had joined at that epoch, whatever its row says.
        Peer readsFrom(long start, long epoch) {
            Ringer ringer = new Ringer(
                    block.kernel, block.control, ControlLayout.BELL, block.control, ControlLayout.PRODUCER_ASLEEP);
            from = start;
            Arena arena = new Meddling(hub.closing(Arena.ofShared()), () -> beforeCopy.run());
            reader = new StreamReader(
                    block,
                    arena,
                    new Succession(block, rows, row, ringer),
                    ringer,
                    rows,
                    row,
                    delivery == Delivery.LOSSLESS,
                    false,
                    epoch,
                    start);
            return this;
        }

        /// Runs when this reader has seen the stamp of its first slot and is about to copy it.
        void beforeItsFirstCopy(Runnable interference) {
            beforeCopy = interference;
        }

        SlotReader.Look look() {
            SlotReader.Look look = reader.look();
            if (look == SlotReader.Look.GAP) mark(reader.gapFrom(), reader.gapTo(), "gap");
            return look;
        }

        /// The next slot must be n, whole; it is held afterwards.
        void holds(long n) {
            assertEquals(SlotReader.Look.SLOT, look());
            assertEquals(n, reader.number());
            assertTrue(Pattern.isWhole(reader.segment(), reader.header(), n, BYTES), "bytes of slot " + n);
            assertTrue(reader.intact());
        }

        /// The next slot must be n, whole to the end.
        void reads(long n) {
            holds(n);
            assertTrue(reader.release());
            mark(n, n + 1, "read");
        }

        void reads(long from, long to) {
            for (long n = from; n < to; n++) reads(n);
        }

        void seesGap(long from, long to) {
            assertEquals(SlotReader.Look.GAP, look());
            assertEquals(from + ".." + to, reader.gapFrom() + ".." + reader.gapTo());
        }

        void seesNothing() {
            assertEquals(SlotReader.Look.NOTHING, look());
        }

        void isInPlace() {
            assertSame(block.data, reader.segment());
        }

        void isCopied() {
            assertNotSame(block.data, reader.segment());
        }

        private void mark(long first, long end, String what) {
            for (long n = first; n < end; n++) {
                String before = outcome.put(n, what);
                assertEquals(null, before, "slot " + n + " came twice");
            }
        }

        /// Received and reported gaps are all that was published.
        void assertAccounted(long published) {
            assertEquals(published - from, outcome.size());
            for (long n = from; n < published; n++) assertTrue(outcome.containsKey(n), "nothing told of slot " + n);
        }

        /// Its process dies: the byte is free, the row stays as it is.
        void die() {
            block.lock.close();
        }

        void leave() {
            rows.clean(row);
            block.lock.close();
        }

        void assertRowIs(boolean active) {
            long kind = Words.acquire(StreamRig.this.block.control, ControlLayout.row(row) + RowLayout.ACTIVE);
            if (active) assertEquals(Rows.kind(delivery), kind);
            else assertFalse(kind != 0, "row " + row + " is active: " + kind);
        }
    }
}
