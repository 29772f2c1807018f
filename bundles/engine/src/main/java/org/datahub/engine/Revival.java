package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import org.datahub.api.IntegrityMode;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Kernel;

/// Makes a block fit for use again that stood on a disk while the machine was restarted. Nobody of
/// those who had a row lives, and a page may be older than its neighbour: rows are cleaned, a slot
/// that can't be shown to be as it was sealed is emptied, and numbers go on behind the highest that
/// can.
///
/// Every step can be done again: the word that ends it, the id of the boot, is written last.
final class Revival {
    private final Kernel kernel;
    private final Block block;
    private final Verification verification;

    /// Of a block that is open to produce, and whose byte 0 the caller holds.
    Revival(Block block, Providers providers) {
        this.kernel = block.kernel;
        this.block = block;
        this.verification = new Verification(block, providers, everything(providers));
    }

    /// What a tag proves does not depend on who made it.
    private static Set<String> everything(Providers providers) {
        Set<String> names = new HashSet<>(providers.algorithms());
        for (int id = 1; id < Verification.IDS; id++) names.add(Providers.nameOf(id));
        return names;
    }

    /// Whether the block was used last since the machine was started.
    static boolean needless(Block block) {
        Kernel.Identity here = block.kernel.identity();
        return Words.acquire(block.state, StateLayout.BOOT_ID_LOW) == here.bootLow()
                && Words.acquire(block.state, StateLayout.BOOT_ID_HIGH) == here.bootHigh();
    }

    void run() {
        Rows rows = new Rows(block);
        for (int row = 0; row < rows.count(); row++) rows.reclaim(row);
        for (int row = 0; row < rows.count(); row += Long.SIZE) {
            Words.release(block.state, StateLayout.EVICTED + row / Long.SIZE * 8L, 0);
        }
        proveSlots();
        Words.release(block.state, StateLayout.BOOT_ID_HIGH, kernel.identity().bootHigh());
        Words.release(block.state, StateLayout.BOOT_ID_LOW, kernel.identity().bootLow());
    }

    private void proveSlots() {
        MemorySegment data = block.data;
        Geometry geometry = block.geometry;
        long next = geometry.state() ? 0 : Words.acquire(data, DataLayout.HEAD);
        long newest = 0; // the cell of the highest
        long given = next + (geometry.state() ? 0 : StreamWriter.lag(geometry.slots()));
        for (long cell = 0; cell < geometry.cells(); cell++) {
            long at = geometry.cell(cell);
            long n = SlotHeader.stamp(data, at) - 1;
            if (n == -1) continue;
            boolean proven = n >= 0 && proven(at, n, given);
            if (!proven) {
                next = Math.max(next, lost(at, n, given) + 1);
                SlotHeader.empty(data, at);
            } else if (n >= next) {
                next = n + 1;
                newest = cell;
            }
        }
        if (!geometry.state()) {
            Words.release(data, DataLayout.HEAD, next);
        } else if (next > DataLayout.slotOf(Words.acquire(data, DataLayout.LATEST)) + 1) {
            Words.release(data, DataLayout.LATEST, DataLayout.latest(next - 1, (int) newest));
        }
    }

    private boolean proven(long at, long n, long given) {
        Geometry geometry = block.geometry;
        if (!geometry.state() && geometry.cellOf(n) != at) return false;
        if (geometry.integrityMode() == IntegrityMode.MANUAL) return false;
        return switch (verification.verify(block.data, at, n, SlotHeader.description(block.data, at))) {
            case GOOD -> true;
            // Whoever has the provider or the key verifies it before it is delivered.
            case MISSING -> geometry.state() ? n < DataLayout.STATE_SLOTS : n < given;
            case CORRUPT, OVER, REFUSED -> false;
        };
    }

    /// The slot that may have been lost here though it was given to somebody: `head` lags behind.
    /// -1 where there was none.
    private long lost(long at, long n, long given) {
        Geometry geometry = block.geometry;
        if (geometry.state()) return -1;
        for (long each = given - 1; each >= Words.acquire(block.data, DataLayout.HEAD); each--) {
            if (geometry.cellOf(each) == at) return n == each - geometry.cells() ? -1 : each;
        }
        return -1;
    }
}
