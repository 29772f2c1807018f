package org.datahub.itests.process;

import java.time.Duration;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.admin.BlockAdmin;
import org.datahub.api.admin.HandoverSpec;

/// Asks for one handover: `allocator`, `slots`, `slot-bytes`, `force`, `timeout` (ms). Says `asking`, then
/// `cut FIRST`, or `failed CODE PROBLEM`.
final class PeerOperator {
    private PeerOperator() {}

    static void handOver(Peer peer, DataHub hub) {
        HandoverSpec spec = HandoverSpec.same()
                .allocator(peer.option("allocator", null))
                .slots(peer.number("slots", 0))
                .slotBytes(peer.number("slot-bytes", 0));
        if (Boolean.parseBoolean(peer.option("force", "false"))) spec = spec.forced();
        Duration timeout = peer.millis("timeout", 60_000);
        BlockAdmin admin = hub.admin(peer.option("block"));
        peer.say("asking");
        try {
            peer.say("cut " + admin.handover(spec, timeout));
        } catch (DataHubException e) {
            peer.say("failed " + e.code().text() + " " + e.problem());
        }
    }
}
