package org.datahub.examples;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.Next;

/// A million records without an object: claim and commit, next and release, straight in the shared
/// memory.
public final class LayerOne {
    private static final long RECORDS = 1_000_000;

    private LayerOne() {}

    /// Takes no arguments.
    public static void main(String... arguments) {
        long sum = 0;
        try (DataHub hub = DataHub.open();
                DataBlockProducer out = hub.create(
                        BlockSpec.named("counter").slotBytes(Long.BYTES).ring(1024));
                DataBlockConsumer in = hub.attach("counter", ConsumerSpec.lossless())) {
            for (long i = 0; i < RECORDS; i++) {
                if (!write(out, i)) throw new IllegalStateException("gated: slot=" + out.next());
                sum += read(in);
            }
            System.out.println("received " + in.received() + ", sum " + sum);
        }
    }

    private static boolean write(DataBlockProducer out, long value) {
        // @start region="claim"
        if (out.claim(Duration.ZERO) != Claim.CLAIMED) return false; // a consumer still needs the cell
        out.segment().set(JAVA_LONG, out.offset(), value);
        out.commit(Long.BYTES);
        // @end region="claim"
        return true;
    }

    private static long read(DataBlockConsumer in) {
        // @start region="next"
        if (in.next(Duration.ZERO) != Next.SLOT) return 0; // nothing new, or a gap: see gapFrom() and gapTo()
        long value = in.segment().get(JAVA_LONG, in.offset());
        boolean proven = in.release(); // whether it was intact to the end
        // @end region="next"
        return proven ? value : 0;
    }
}
