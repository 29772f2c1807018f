package org.datahub.engine;

import java.time.Duration;
import org.datahub.api.admin.BlockAdmin;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.layout.ControlLayout;

/// Requests to a block's producer, or to who stands in for it, from a hub.
final class Administration implements BlockAdmin {
    private final Hub hub;
    private final String name;

    Administration(Hub hub, String name) {
        this.hub = hub;
        this.name = name;
    }

    @Override
    public void evict(int row, Duration timeout) {
        hub.request(name, "evict, row=" + row, timeout, requester -> {
            Rows rows = new Rows(requester.block);
            if (row < 0 || row >= rows.count()) {
                throw new IllegalArgumentException("row out of range: row=" + row + ", rows=" + rows.count());
            }
            return requester.ask(ControlLayout.EVICT, row, rows.join(row));
        });
    }

    @Override
    public long handover(HandoverSpec spec, Duration timeout) {
        String allocator = spec.allocator() == null ? "" : spec.allocator();
        long patience = Math.max(0, Handle.deadline(0, timeout));
        Handover.Wanted wanted = new Handover.Wanted(allocator, spec.slots(), spec.slotBytes(), spec.force(), patience);
        return hub.request(name, "handover", timeout, requester -> requester.handOver(wanted));
    }

    @Override
    public long rotateKey(Duration timeout) {
        return hub.request(name, "rotate key", timeout, requester -> requester.ask(ControlLayout.ROTATE));
    }

    @Override
    public void cancelHandover(Duration timeout) {
        hub.request(name, "cancel", timeout, requester -> requester.ask(ControlLayout.CANCEL));
    }
}
