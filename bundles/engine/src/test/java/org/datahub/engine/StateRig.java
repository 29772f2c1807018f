package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.datahub.api.BlockSpec;
import org.datahub.api.Delivery;
import org.datahub.api.SyncPolicy;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.Words;

/// Layer 0 of one state block, stepped by hand.
final class StateRig {
    static final long BYTES = 40;

    private final HubFixture hub;
    final Block block;
    final Geometry geometry;
    StateWriter writer;

    StateRig(HubFixture hub, int participants, int pins) {
        this.hub = hub;
        this.block = hub.produced(BlockSpec.named("state")
                .policy(SyncPolicy.LATEST_ONLY)
                .single()
                .slotBytes(BYTES)
                .participants(participants)
                .pins(pins));
        this.geometry = block.geometry;
        takeOver();
    }

    void takeOver() {
        writer = new StateWriter(block, HubFixture.consumersBell(block));
    }

    long write() {
        long n = writer.next();
        assertTrue(writer.claim());
        fill();
        writer.commit();
        return n;
    }

    void write(long count) {
        for (long i = 0; i < count; i++) write();
    }

    void fill() {
        Pattern.fill(block.data, writer.cell(), writer.next(), BYTES);
    }

    long latest() {
        return Words.acquire(block.data, DataLayout.LATEST);
    }

    /// The last committed slot can be read, whatever the producer is about.
    void assertNewestIntact(long next) {
        assertEquals(next, StateReader.newest(block.data));
        if (next == 0) return;
        long cell = geometry.cell(DataLayout.bufferOf(latest()));
        assertEquals(next, SlotHeader.stamp(block.data, cell));
        assertTrue(Pattern.isWhole(block.data, cell, next - 1, BYTES), "bytes of slot " + (next - 1));
    }

    void pin(int row, int pin, long word) {
        Words.release(block.control, ControlLayout.row(row) + RowLayout.PINS + 8L * pin, word);
    }

    long pin(int row) {
        return Words.acquire(block.control, ControlLayout.row(row) + RowLayout.PINS);
    }

    Peer pinned() {
        return new Peer(Delivery.PINNED);
    }

    Peer observer() {
        return new Peer(Delivery.OBSERVER);
    }

    /// A consumer at layer 0.
    final class Peer {
        final Block block = hub.block(StateRig.this.block.name, Block.Use.CONSUME);
        final Rows rows = new Rows(block);
        final int row;
        final StateReader reader;
        Runnable beforeCopy = () -> {};

        private Peer(Delivery delivery) {
            row = rows.take(delivery);
            rows.activate(row, delivery, 0);
            Arena arena = new Meddling(hub.closing(Arena.ofShared()), () -> beforeCopy.run());
            reader = new StateReader(
                    block,
                    arena,
                    new Succession(block, rows, row, HubFixture.producersBell(block)),
                    row,
                    delivery == Delivery.PINNED);
        }

        Peer holds(long n) {
            assertEquals(SlotReader.Look.SLOT, reader.look());
            assertEquals(n, reader.number());
            assertStillHolds(n);
            return this;
        }

        void assertStillHolds(long n) {
            assertTrue(reader.intact());
            assertTrue(Pattern.isWhole(reader.segment(), reader.header(), n, BYTES), "bytes of slot " + n);
        }

        void reads(long n) {
            holds(n);
            assertTrue(reader.release());
        }

        void seesNothing() {
            assertEquals(SlotReader.Look.NOTHING, reader.look());
        }
    }
}
