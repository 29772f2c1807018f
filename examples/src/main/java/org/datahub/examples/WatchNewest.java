package org.datahub.examples;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.time.Duration;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.Next;

/// Reads the newest value of [PublishState] in place, as often as it comes to it, until the stream
/// ends. Values that were
/// replaced meanwhile are counted as missed; that is what a state is for.
public final class WatchNewest {
    private WatchNewest() {}

    /// Takes no arguments.
    public static void main(String... arguments) {
        // @start region="watch"
        ConsumerSpec spec = ConsumerSpec.pinned().attachTimeout(Duration.ofSeconds(10));
        try (DataHub hub = DataHub.open();
                DataBlockConsumer in = hub.attach("position", spec)) {
            Next next;
            do {
                next = in.read(Duration.ofSeconds(1), slot -> {
                    long x = slot.payload().get(JAVA_LONG, 0);
                    long y = slot.payload().get(JAVA_LONG, Long.BYTES);
                    System.out.println(slot.number() + ": " + x + " " + y);
                });
            } while (next != Next.END);
        }
        // @end region="watch"
    }
}
