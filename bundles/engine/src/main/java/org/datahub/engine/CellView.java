package org.datahub.engine;

import java.util.ArrayList;
import java.util.List;
import org.datahub.api.admin.SlotStates;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.Words;

/// The cells of a stream block.
final class CellView extends SlotView {
    /// A lossless consumer that counts, and the next slot it will release.
    private record Holder(int row, long cursor) {}

    private final long next;
    private final long oldest;
    private final List<Holder> holders = new ArrayList<>();

    CellView(Block block) {
        super(block);
        this.next = block.generation.newest();
        this.oldest = block.generation.oldest(next);
        Rows rows = new Rows(block);
        for (int row = 0; row < rows.count(); row++) {
            if (!rows.lossless(row) || Stall.evicted(block.state, row)) continue;
            holders.add(new Holder(row, Words.acquire(block.control, ControlLayout.row(row) + RowLayout.CURSOR)));
        }
    }

    @Override
    long next() {
        return next;
    }

    @Override
    long oldest() {
        return oldest;
    }

    /// By the numbers: a ring may have millions of cells, and only those of the next batch can be
    /// written.
    @Override
    SlotStates count() {
        long least = next;
        for (Holder holder : holders) least = Math.min(least, Math.max(oldest, holder.cursor));
        long writing = 0;
        for (long n = next; n < next + geometry.batch(); n++) {
            long stamp = SlotHeader.stamp(block.data, geometry.cellOf(n));
            if (stamp == n + 1 || open(n % geometry.cells(), stamp)) writing++;
        }
        return new SlotStates(geometry.cells() - (next - oldest) - writing, writing, least - oldest, next - least);
    }

    @Override
    boolean committed(long cell, long n) {
        return n < next || n < StreamWriter.newest(block.data, geometry); // the producer may have gone on
    }

    @Override
    boolean kept(long cell, long n) {
        return n >= oldest;
    }

    @Override
    List<Integer> holders(long cell, long n) {
        if (!kept(cell, n)) return List.of(); // no cursor holds what the gate has let go
        List<Integer> found = new ArrayList<>();
        for (Holder holder : holders) {
            if (holder.cursor <= n) found.add(holder.row);
        }
        return found;
    }

    @Override
    boolean nextToUse(long cell) {
        long n = next + Math.floorMod(cell - next, geometry.cells());
        return n < next + geometry.batch() && n >= geometry.cells();
    }
}
