package org.datahub.engine;

import java.time.Duration;
import org.datahub.api.admin.BlockAdmin;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.layout.ControlLayout;

/// Requests to a block's producer from a hub.
final class Administration implements BlockAdmin {
    private final Hub hub;
    private final String name;

    Administration(Hub hub, String name) {
        this.hub = hub;
        this.name = name;
    }

    @Override
    public void evict(int row, Duration timeout) {
        hub.request(name, block -> {
            if (row < 0 || row >= block.geometry.rows()) {
                throw new IllegalArgumentException("row out of range: row=" + row + ", rows=" + block.geometry.rows());
            }
            long join = new Rows(block).join(row);
            new Requester(block, "evict, row=" + row, timeout).ask(ControlLayout.EVICT, row, join);
            return null;
        });
    }

    @Override
    public long handover(HandoverSpec spec, Duration timeout) {
        String allocator = spec.allocator() == null ? "" : spec.allocator();
        long patience = Math.max(0, Handle.deadline(0, timeout));
        Handover.Wanted wanted = new Handover.Wanted(allocator, spec.slots(), spec.slotBytes(), spec.force(), patience);
        return hub.request(name, block -> {
            Requester requester = new Requester(block, "handover", timeout);
            return requester.awaitHandover(requester.ask(ControlLayout.HANDOVER, wanted.values()));
        });
    }

    @Override
    public long rotateKey(Duration timeout) {
        return hub.request(name, block -> new Requester(block, "rotate key", timeout).ask(ControlLayout.ROTATE));
    }

    @Override
    public void cancelHandover(Duration timeout) {
        hub.request(name, block -> new Requester(block, "cancel", timeout).ask(ControlLayout.CANCEL));
    }
}
