package org.datahub.itests.process;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.Delivery;
import org.datahub.api.Next;
import org.datahub.api.Slot;
import org.datahub.api.StartFrom;
import org.datahub.api.WriteTransaction;

/// Writes or reads by `layer` 1 or 2, and says `allocated BYTES` for `records` records after twice
/// as many to
/// warm up. A producer writes on until the order `end`, a consumer reads to the end of the stream.
final class PeerMeter {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static final int ROUNDS = 3; // waits are rare, so their code is the last to be compiled

    private final Peer peer;
    private final DataHub hub;
    private final int layer;
    private final long records;
    private long sum;

    PeerMeter(Peer peer, DataHub hub) {
        this.peer = peer;
        this.hub = hub;
        this.layer = (int) peer.number("layer", 1);
        this.records = peer.number("records", 1);
    }

    void write() {
        try (DataBlockProducer out = hub.create(BlockSpec.named(peer.option("block")))) {
            BooleanSupplier step = layer == 1 ? () -> writeInPlace(out) : () -> writeTransaction(out);
            measure(step);
            while (!peer.ordered("end")) step.getAsBoolean();
            if (!out.drain(LONG)) peer.say("not drained");
        }
    }

    void read() {
        Delivery delivery = Delivery.valueOf(peer.option("delivery", "LOSSLESS"));
        ConsumerSpec spec = delivery == Delivery.LOSSLESS ? ConsumerSpec.lossless() : ConsumerSpec.observer();
        try (DataBlockConsumer in = hub.attach(peer.option("block"), spec.from(StartFrom.OLDEST))) {
            peer.say("ready " + in.number());
            BooleanSupplier step = layer == 1 ? () -> readInPlace(in) : () -> in.read(LONG, this::take) != Next.END;
            measure(step);
            while (step.getAsBoolean()) continue;
            peer.say("read " + in.received() + " " + in.missed() + " " + sum);
        }
    }

    private void measure(BooleanSupplier step) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (long record = 0; record < records; record++) step.getAsBoolean();
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        peer.say("allocated " + allocated);
    }

    private static boolean writeInPlace(DataBlockProducer out) {
        if (out.claim(LONG) != Claim.CLAIMED) throw new IllegalStateException("gated: slot=" + out.next());
        Payload.fill(out.segment(), out.offset(), out.slotBytes(), out.next(), 1);
        out.commit(out.slotBytes());
        return true;
    }

    private static boolean writeTransaction(DataBlockProducer out) {
        out.write(PeerMeter::fill);
        return true;
    }

    private static void fill(WriteTransaction tx) {
        Payload.fill(tx.payload(), 0, tx.payload().byteSize(), tx.number(), 1);
    }

    private boolean readInPlace(DataBlockConsumer in) {
        Next next = in.next(LONG);
        if (next == Next.SLOT) {
            sum += Payload.wrong(in.segment(), in.offset(), in.length(), in.number(), 1);
            in.release();
        }
        return next != Next.END;
    }

    private void take(Slot slot) {
        sum += Payload.wrong(slot.payload(), 0, slot.length(), slot.number(), 1);
    }
}
