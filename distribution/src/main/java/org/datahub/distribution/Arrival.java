package org.datahub.distribution;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.admin.BlockInfo;

/// A block that is there, at once or after a wait.
///
/// @param info what it is
/// @param waited whether it was not there at first
record Arrival(BlockInfo info, boolean waited) {
    private static final long POLL_NANOS = 5_000_000;
    private static final int MOST_NAMES = 20;

    /// Waits up to `limit` for the block `name`, and tells people so; null when a stop is asked
    /// for.
    ///
    /// @throws DataHubException `DH-1003` when it does not come; the text says which blocks there
    /// are
    static Arrival of(DataHub hub, String name, Duration limit, Terminal terminal, Stop stop) {
        long deadline = System.nanoTime() + limit.toNanos();
        for (boolean waited = false; !stop.requested(); waited = true) {
            BlockInfo info = look(hub, name);
            if (info != null) return new Arrival(info, waited);
            boolean over = System.nanoTime() - deadline >= 0;
            if (over && (waited || limit.isZero())) throw absent(hub, name, limit);
            if (!waited) {
                terminal.say("waiting for block '" + name + "': hub=" + hub.directory() + ", limit=" + text(limit)
                        + ", present=" + present(hub));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return null;
    }

    private static BlockInfo look(DataHub hub, String name) {
        try {
            return hub.info(name);
        } catch (DataHubException e) {
            if (e.code() == ErrorCode.BLOCK_NOT_FOUND) return null;
            throw e;
        }
    }

    private static DataHubException absent(DataHub hub, String name, Duration limit) {
        return new DataHubException(
                ErrorCode.BLOCK_NOT_FOUND,
                "no such block: name=" + name + ", hub=" + hub.directory() + ", waited=" + text(limit) + ", present="
                        + present(hub),
                "start its producer (datahub pub " + name + " ...), wait longer (--wait), or check the name and --hub");
    }

    private static String present(DataHub hub) {
        List<String> names = hub.list();
        if (names.isEmpty()) return "none";
        String first = String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)));
        return names.size() <= MOST_NAMES ? first : first + ", and " + (names.size() - MOST_NAMES) + " more";
    }

    private static String text(Duration time) {
        return time.toMillis() + "ms";
    }
}
