package org.datahub.engine;

import java.time.Duration;
import org.datahub.api.admin.BlockAdmin;
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
        });
    }
}
