package org.datahub.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.StartFrom;
import org.datahub.api.WriteTransaction;

/// Records of any length, and writes that are given up: what is not committed leaves no trace, not
/// even a number.
public final class Transactions {
    private Transactions() {}

    /// Takes no arguments.
    public static void main(String... arguments) {
        try (DataHub hub = DataHub.open();
                DataBlockProducer out =
                        hub.create(BlockSpec.named("messages").slotBytes(256).ring(16))) {
            write(out, "one");
            write(out, "");
            write(out, "two");
        }
        try (DataHub hub = DataHub.open();
                DataBlockConsumer in =
                        hub.attach("messages", ConsumerSpec.lossless().from(StartFrom.OLDEST))) {
            in.follow()
                    .forEach(slot -> System.out.println(
                            slot.number() + ": " + UTF_8.decode(slot.payload().asByteBuffer())));
        }
    }

    private static void write(DataBlockProducer out, String text) {
        // @start region="transaction"
        try (WriteTransaction tx = out.begin(Duration.ofMillis(5))) {
            byte[] bytes = text.getBytes(UTF_8);
            tx.put(MemorySegment.ofArray(bytes), 0, 0, bytes.length);
            if (text.isEmpty()) return; // closed without a commit: as if it had never begun
            tx.commit(bytes.length);
        }
        // @end region="transaction"
    }
}
