package org.datahub.engine;

import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;

/// One block and two handles on it, each used by one actor: for what may be asked again and again.
final class Shared {
    static final String ZONE = "zone";
    static final long ZONE_BYTES = 64;
    static final int LOCKS = 1024;
    static final Duration LONG = Duration.ofSeconds(60);

    final DataBlockProducer producer;
    final DataBlockConsumer consumer;

    Shared() {
        Hub hub = Bench.hub();
        producer = hub.create(BlockSpec.named("shared")
                .slotBytes(64)
                .slots(2)
                .participants(2)
                .zone(ZONE, ZONE_BYTES, 1)
                .locks(LOCKS));
        consumer = hub.attach("shared", ConsumerSpec.observer());
    }
}
