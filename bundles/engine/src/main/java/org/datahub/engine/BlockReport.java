package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.datahub.api.DataHubException;
import org.datahub.api.Delivery;
import org.datahub.api.ProducerState;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.layout.ConsumerCounters;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.ProducerCounters;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.KernelException;

/// Reads a block for people. It takes no lock and stores nothing.
final class BlockReport {
    private BlockReport() {}

    /// From the lock byte first: while it is held, the words of a former producer say nothing.
    static ProducerState producerState(Block block) {
        if (block.producerAlive()) return ProducerState.ALIVE;
        if (Words.acquire(block.state, StateLayout.INCARNATION) == 0) return ProducerState.NONE;
        return Words.acquire(block.state, StateLayout.END) != 0 ? ProducerState.ENDED : ProducerState.KILLED;
    }

    static BlockInfo of(Block block) {
        Geometry geometry = block.geometry;
        MemorySegment state = block.state;
        SlotView slots = SlotView.of(block);
        long next = slots.next();
        long incarnation = Words.acquire(state, StateLayout.INCARNATION);
        return new BlockInfo(
                block.name,
                String.format("%016x%016x", block.idHigh, block.idLow),
                geometry.policy(),
                geometry.buffer(),
                geometry.slots(),
                geometry.batch(),
                geometry.slotBytes(),
                geometry.align(),
                block.data.byteSize(),
                block.generation.allocator(),
                SegmentEntry.pageBytes(state, block.generation.entry()),
                SegmentEntry.remark(state, block.generation.entry()),
                block.directory.path(),
                block.elsewhere != null
                        && SegmentEntry.locator(state, block.generation.entry()).isEmpty(),
                block.generation.number(),
                otherGenerations(block),
                incarnation,
                geometry.timestamps(),
                geometry.integrityMode(),
                integrity(block, next),
                next,
                slots.oldest(),
                slots.count(),
                Words.acquire(state, StateLayout.END) != 0,
                EndReason.load(state),
                beatAge(block),
                producerState(block),
                incarnation == 0 ? null : producer(state),
                rows(block),
                geometry.rows(),
                block.shared.zones(),
                Tally.read(state, StateLayout.COUNTERS, ProducerCounters.LAYOUT));
    }

    private static List<BlockInfo.OtherGeneration> otherGenerations(Block block) {
        List<BlockInfo.OtherGeneration> found = new ArrayList<>();
        GenerationTable table = new GenerationTable(block.state);
        for (int entry = table.oldest(); entry != GenerationTable.NONE; entry = table.above(table.number(entry))) {
            long number = table.number(entry);
            boolean prepared = number > block.generation.number();
            long end = prepared ? 0 : Math.max(0, table.cut(entry) - 1);
            if (number == block.generation.number()) continue;
            found.add(new BlockInfo.OtherGeneration(number, SegmentEntry.allocator(block.state, entry), prepared, end));
        }
        return found;
    }

    /// Time since the producer's last beat. Its clock is ours, unless it lives in another time
    /// namespace: there all that both know is UTC.
    private static long beatAge(Block block) {
        long beat = Words.opaque(block.state, StateLayout.BEAT_NS);
        if (beat == 0) return -1;
        long now = sameClock(block)
                ? block.kernel.nanos()
                : System.currentTimeMillis() * 1_000_000L - Words.opaque(block.state, StateLayout.UTC_OFFSET_NS);
        return Math.max(0, now - beat);
    }

    /// Whether the block's producer, the present one or the last, reads the same CLOCK_MONOTONIC as
    /// this process.
    static boolean sameClock(Block block) {
        return Words.opaque(block.state, StateLayout.TIME_NAMESPACE)
                == block.kernel.identity().timeNamespace();
    }

    /// What the newest slot is sealed with, seen from the next one; empty where there is none, or none that can be
    /// read any more.
    static String integrity(Block block, long next) {
        if (next == 0) return "";
        if (block.geometry.state()) {
            int buffer = DataLayout.bufferOf(Words.acquire(block.data, DataLayout.LATEST));
            return sealedWith(block.data, block.geometry.cell(Math.min(block.geometry.cells() - 1, buffer)));
        }
        long n = next - 1;
        return n < block.generation.first()
                ? integrityBefore(block, n)
                : sealedWith(block.data, block.geometry.cellOf(n));
    }

    /// Slot n was written before the handover to the present generation: that one has no slot yet.
    private static String integrityBefore(Block block, long n) {
        try (Generation former = block.openFormer()) {
            return former == null
                    ? ""
                    : sealedWith(former.data(), former.geometry().cellOf(n));
        } catch (DataHubException | KernelException e) {
            return ""; // whoever needs that slot is told why
        }
    }

    private static String sealedWith(MemorySegment data, long at) {
        return Providers.nameOf(SlotHeader.integrity(SlotHeader.description(data, at)));
    }

    private static BlockInfo.Participant producer(MemorySegment state) {
        Introduction told = Introduction.load(state);
        return new BlockInfo.Participant(told.pid(), told.uid(), told.pidNamespace(), told.startTicks(), told.label());
    }

    private static List<BlockInfo.Row> rows(Block block) {
        Rows rows = new Rows(block);
        List<BlockInfo.Row> found = new ArrayList<>();
        MemorySegment control = block.control;
        for (int row = 0; row < rows.count(); row++) {
            long at = ControlLayout.row(row);
            Delivery delivery = Rows.delivery(Words.acquire(control, at + RowLayout.ACTIVE));
            if (delivery == null) continue;
            found.add(new BlockInfo.Row(
                    row,
                    delivery,
                    rows.alive(row),
                    Words.acquire(control, at + RowLayout.CURSOR),
                    Words.opaque(control, at + RowLayout.RECEIVED),
                    Words.opaque(control, at + RowLayout.MISSED),
                    new BlockInfo.Participant(
                            Words.opaque(control, at + RowLayout.PID),
                            Words.plainInt(control, at + RowLayout.UID),
                            Words.opaque(control, at + RowLayout.PID_NAMESPACE),
                            Words.opaque(control, at + RowLayout.START_TICKS),
                            Words.text(
                                    control,
                                    at + RowLayout.LABEL,
                                    StateLayout.MOST_LABEL_BYTES,
                                    Words.plainInt(control, at + RowLayout.LABEL_BYTES))),
                    Tally.read(control, at + RowLayout.COUNTERS, ConsumerCounters.LAYOUT)));
        }
        return found;
    }
}
