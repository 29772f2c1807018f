package org.datahub.benchmarks;

import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;
import org.datahub.api.Slot;
import org.datahub.api.WriteTransaction;

/// DataHub's layer 2: a transaction and a view for each record.
final class TransactionChannel extends Channel {
    private final DataBlockProducer out;
    private final DataBlockConsumer in;
    private long sum;

    private TransactionChannel(DataBlockProducer out, DataBlockConsumer in) {
        this.out = out;
        this.in = in;
    }

    static Channel writer(String name) {
        return new TransactionChannel(Blocks.producer(name), null);
    }

    static Channel reader(String name) {
        return new TransactionChannel(null, Blocks.consumer(name));
    }

    @Override
    void send(long seed) {
        try (WriteTransaction write = out.begin(HandleChannel.LONG)) {
            if (Payload.IN_BULK) {
                write.put(Payload.SOURCE, 0, 0, Settings.BYTES);
                Payload.mark(write.payload(), 0, seed);
            } else {
                Payload.fill(write.payload(), 0, seed);
            }
            write.commit();
        }
    }

    @Override
    long receive() {
        if (in.read(HandleChannel.LONG, this::add) != Next.SLOT) throw new IllegalStateException("no slot");
        return sum;
    }

    private void add(Slot slot) {
        sum = Payload.sum(slot.payload(), 0, (int) slot.length() >> 3);
    }
}
