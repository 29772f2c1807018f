package org.datahub.benchmarks;

import java.time.Duration;
import org.datahub.api.Claim;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;

/// DataHub's layer 1: claim and commit, next and release.
final class HandleChannel extends Channel {
    static final Duration LONG = Duration.ofDays(1);

    private final DataBlockProducer out;
    private final DataBlockConsumer in;

    private HandleChannel(DataBlockProducer out, DataBlockConsumer in) {
        this.out = out;
        this.in = in;
    }

    static Channel writer(String name) {
        return new HandleChannel(Blocks.producer(name), null);
    }

    static Channel reader(String name) {
        return new HandleChannel(null, Blocks.consumer(name));
    }

    @Override
    void send(long seed) {
        if (out.claim(LONG) != Claim.CLAIMED) throw new IllegalStateException("gated");
        if (Settings.TOUCHED) fill(seed);
        out.commit(Settings.BYTES, seed);
    }

    private void fill(long seed) {
        if (Payload.IN_BULK) {
            out.put(Payload.SOURCE, 0, 0, Settings.BYTES);
            Payload.mark(out.segment(), out.offset(), seed);
        } else {
            Payload.fill(out.segment(), out.offset(), seed);
        }
    }

    @Override
    long receive() {
        if (in.next(LONG) != Next.SLOT) throw new IllegalStateException("no slot");
        long sum = Settings.TOUCHED ? Payload.sum(in.segment(), in.offset(), (int) in.length() >> 3) : in.user();
        if (!in.release()) throw new IllegalStateException("lost");
        return sum;
    }

    @Override
    long sendMany(long n, int count) {
        if (Settings.BATCH == 1) return super.sendMany(n, count);
        long end = n + count;
        while (n < end) {
            int got = out.claimBatch(Settings.BATCH, LONG);
            for (int i = 0; i < got; i++) {
                long seed = Payload.seed(n++);
                Payload.fill(out.segment(), out.offset(i), seed);
                out.describe(i, Settings.BYTES, seed);
            }
            out.commitBatch(got);
        }
        return n;
    }

    @Override
    long receiveMany(long n, int count) {
        if (Settings.BATCH == 1) return super.receiveMany(n, count);
        long end = n + count;
        while (n < end && !stopped()) {
            if (in.nextBatch(Settings.BATCH, LONG) != Next.SLOT) throw new IllegalStateException("no slot");
            int held = in.held();
            for (int i = 0; i < held; i++) {
                check(Payload.sum(in.segment(), in.offset(i), (int) in.length(i) >> 3), n++);
            }
            if (!in.release()) throw new IllegalStateException("lost");
        }
        return n;
    }
}
