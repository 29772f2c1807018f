package org.datahub.engine;

import java.time.Duration;
import org.datahub.api.admin.BlockAdmin;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.layout.ControlLayout;

/// Requests to a block's producer, or to who stands in for it, from a hub.
final class Administration implements BlockAdmin {
    private final Hub hub;
    private final String name;
    private final Producer own;

    /// `own` is the block's producer, where the caller has it; else null.
    Administration(Hub hub, String name, Producer own) {
        this.hub = hub;
        this.name = name;
        this.own = own;
    }

    @Override
    public void evict(int row, Duration timeout) {
        hub.request(name, "evict, row=" + row, timeout, own, requester -> {
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
        return hub.request(name, "handover", timeout, own, requester -> requester.handOver(wanted));
    }

    @Override
    public long rotateKey(Duration timeout) {
        return hub.request(name, "rotate key", timeout, own, requester -> requester.ask(ControlLayout.ROTATE));
    }

    @Override
    public void cancelHandover(Duration timeout) {
        hub.request(name, "cancel", timeout, own, requester -> requester.ask(ControlLayout.CANCEL, 0));
    }
}
