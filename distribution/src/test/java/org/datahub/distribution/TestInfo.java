package org.datahub.distribution;

import java.util.List;
import java.util.Map;
import org.datahub.api.BufferPolicy;
import org.datahub.api.Delivery;
import org.datahub.api.IntegrityMode;
import org.datahub.api.ProducerState;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.SlotStates;

/// A block that is not there.
final class TestInfo {
    private TestInfo() {}

    static BlockInfo of(SyncPolicy policy, long slots, ProducerState producer) {
        return new BlockInfo(
                "cam",
                "00ff",
                policy,
                BufferPolicy.of(slots),
                slots,
                1,
                64,
                32,
                4096,
                "shm",
                4096,
                "",
                "/dev/shm/hub/cam",
                false,
                1,
                List.of(),
                2,
                Timestamps.EXACT,
                IntegrityMode.ENFORCED,
                "crc32c",
                7,
                0,
                new SlotStates(1, 0, 3, slots - 3),
                false,
                "",
                5,
                producer,
                new BlockInfo.Participant(11, 12, 13, 14, "pub"),
                List.of(new BlockInfo.Row(
                        0,
                        Delivery.LOSSLESS,
                        true,
                        3,
                        3,
                        0,
                        new BlockInfo.Participant(21, 12, 13, 15, "tap"),
                        Map.of("bytes", 9L))),
                32,
                List.of(),
                Map.of("slots", 7L));
    }
}
