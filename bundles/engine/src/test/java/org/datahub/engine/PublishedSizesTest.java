package org.datahub.engine;

import java.util.Locale;
import org.datahub.api.BlockSpec;
import org.datahub.api.SyncPolicy;
import org.datahub.api.testing.Published;
import org.junit.jupiter.api.Test;

/// The sizes that `docs/memory-layout.md` names.
class PublishedSizesTest {
    private final StringBuilder table = new StringBuilder();

    @Test
    void theDocumentNamesTheSizesOfSomeBlocks() {
        table.append("| slots | slot bytes | align | participants | discipline | cells | stride | data | control |\n");
        table.append("|---:|---:|---:|---:|---|---:|---:|---:|---:|\n");
        row(BlockSpec.named("block").slotBytes(1).slots(1), SyncPolicy.SEQUENTIAL);
        row(BlockSpec.named("block").slotBytes(32).slots(1023), SyncPolicy.SEQUENTIAL_SYNC);
        row(BlockSpec.named("block").slotBytes(1 << 10).slots(255), SyncPolicy.SEQUENTIAL_SYNC);
        row(BlockSpec.named("block").slotBytes(64 << 10).slots(48), SyncPolicy.SEQUENTIAL_SYNC);
        row(BlockSpec.named("block").slotBytes(1 << 20).slots(15).align(64), SyncPolicy.SEQUENTIAL_SYNC);
        row(BlockSpec.named("block").slotBytes(4 << 20).slots(8).align(4096), SyncPolicy.LATEST_ONLY);
        row(BlockSpec.named("block").slotBytes(256).slots(1), SyncPolicy.LATEST_ONLY);
        row(BlockSpec.named("block").slotBytes(8 << 20).slots(1).align(4096).participants(4), SyncPolicy.LATEST_ONLY);
        Published.checkSection("docs/memory-layout.md", "sizes", table.toString());
    }

    private void row(BlockSpec spec, SyncPolicy policy) {
        Geometry geometry = Geometry.of(spec.policy(policy), 1 << 20);
        String discipline = geometry.state() ? "state" : "stream";
        table.append(String.format(
                Locale.ROOT,
                "| %d | %,d | %d | %d | %s | %d | %,d | %,d | %,d |\n",
                geometry.slots(),
                geometry.slotBytes(),
                geometry.align(),
                geometry.rows(),
                discipline,
                geometry.cells(),
                geometry.stride(),
                geometry.dataBytes(),
                new SharedLayout(geometry.rows(), java.util.List.of(), 32).controlBytes()));
    }
}
