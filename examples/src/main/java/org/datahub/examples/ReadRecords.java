package org.datahub.examples;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.time.Duration;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.Slot;
import org.datahub.api.StartFrom;

/// Reads every record that [WriteRecords] wrote, to the end of the stream. While it lives, nothing
/// that it has not read is
/// overwritten.
public final class ReadRecords {
    private ReadRecords() {}

    /// Takes no arguments.
    public static void main(String... arguments) {
        // @start region="read"
        ConsumerSpec spec = ConsumerSpec.lossless().from(StartFrom.OLDEST).attachTimeout(Duration.ofSeconds(10));
        try (DataHub hub = DataHub.open();
                DataBlockConsumer in = hub.attach("temperature", spec)) {
            for (Slot slot : in.follow()) { // released when the loop goes on
                System.out.println(slot.number() + ": " + slot.payload().get(JAVA_DOUBLE, 0));
            }
            System.out.println("received " + in.received() + ", missed " + in.missed());
        }
        // @end region="read"
    }
}
