package org.datahub.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.HubOptions;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.Waiting;

/// The blocks of a pair, in a hub directory of its own.
final class Blocks {
    private static final Path KEY = Settings.DIRECTORY.resolve(Pair.KEY);

    static final DataHub HUB = DataHub.open(options());

    private Blocks() {}

    private static HubOptions options() {
        HubOptions options = HubOptions.defaults().directory(Settings.DIRECTORY).label("bench");
        if (!Files.exists(KEY)) return options;
        return options.configuration("org.datahub.integrity.hmac", Map.of("key.file", KEY.toString()));
    }

    static BlockSpec spec(String name) {
        return BlockSpec.named(name)
                .policy(SyncPolicy.SEQUENTIAL_SYNC)
                .slotBytes(Settings.BYTES)
                .slots(Settings.CELLS - Settings.BATCH)
                .batch(Settings.BATCH)
                .integrity(Settings.INTEGRITY)
                .timestamps(Timestamps.valueOf(Settings.TIMESTAMPS.toUpperCase(Locale.ROOT)))
                .waiting(Waiting.SPIN);
    }

    /// A producer whose consumer is there.
    static DataBlockProducer producer(String name) {
        DataBlockProducer out = HUB.create(spec(name));
        while (out.losslessConsumers() == 0) LockSupport.parkNanos(1_000_000);
        return out;
    }

    static DataBlockConsumer consumer(String name) {
        return HUB.attach(
                name,
                ConsumerSpec.lossless()
                        .accept(Settings.INTEGRITY)
                        .waiting(Waiting.SPIN)
                        .attachTimeout(HandleChannel.LONG));
    }
}
