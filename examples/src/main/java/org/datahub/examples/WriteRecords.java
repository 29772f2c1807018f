package org.datahub.examples;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import org.datahub.api.BlockSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;

/// Writes ten records and closes the stream. Started again, it goes on where it stopped: slot
/// numbers are for the life of
/// the block.
public final class WriteRecords {
    private WriteRecords() {}

    /// Takes no arguments.
    public static void main(String... arguments) {
        // @start region="write"
        BlockSpec spec = BlockSpec.named("temperature").slotBytes(Double.BYTES).ring(64);
        try (DataHub hub = DataHub.open();
                DataBlockProducer out = hub.create(spec)) {
            for (int i = 0; i < 10; i++) {
                double celsius = 20 + i / 10.0;
                out.write(tx -> tx.payload().set(JAVA_DOUBLE, 0, celsius)); // committed when the body returns
            }
            System.out.println("written up to slot " + (out.next() - 1));
        }
        // @end region="write"
    }
}
