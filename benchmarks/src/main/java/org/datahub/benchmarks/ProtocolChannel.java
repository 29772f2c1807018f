package org.datahub.benchmarks;

import org.datahub.engine.SlotProtocol;

/// DataHub's layer 0: the slot protocol on its segments.
final class ProtocolChannel extends Channel {
    private final SlotProtocol end;

    private ProtocolChannel(SlotProtocol end) {
        this.end = end;
    }

    static Channel writer(String name) {
        return new ProtocolChannel(SlotProtocol.writer(Blocks.producer(name)));
    }

    static Channel reader(String name) {
        return new ProtocolChannel(SlotProtocol.reader(Blocks.consumer(name)));
    }

    @Override
    void send(long seed) {
        while (!end.claim()) Thread.onSpinWait();
        if (Settings.TOUCHED) Payload.put(end.segment(), end.offset(), seed);
        end.commit(Settings.BYTES, seed);
    }

    @Override
    long receive() {
        while (!end.look()) Thread.onSpinWait();
        long sum = Settings.TOUCHED ? Payload.sum(end.segment(), end.offset(), (int) end.length() >> 3) : end.user();
        end.release();
        return sum;
    }
}
