package org.datahub.benchmarks;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/// What Aeron and Agrona's ring have in common: buffers of Agrona, and a poll that hands records to a
/// handler.
abstract class PolledChannel extends Channel {
    private static final int MOST = 64; // records of a poll

    final UnsafeBuffer source = new UnsafeBuffer(Payload.SOURCE_BUFFER);
    private long received;
    private long lastSum;
    private long next;
    private boolean checking;

    /// Hands up to `most` records to [#take]; how many.
    abstract int poll(int most);

    final void take(DirectBuffer buffer, int offset, int length) {
        long sum = 0;
        int words = length >> 3;
        for (int i = 0; i < words; i++) sum += buffer.getLong(offset + i * 8);
        if (checking) check(sum, next++);
        else lastSum = sum;
        received++;
    }

    final void fill(MutableDirectBuffer buffer, int offset, long seed) {
        if (Payload.IN_BULK) {
            buffer.putBytes(offset, source, 0, Settings.BYTES);
            buffer.putLong(offset, seed);
            buffer.putLong(offset + (Payload.WORDS - 1) * 8, seed);
        } else {
            for (int i = 0; i < Payload.WORDS; i++) buffer.putLong(offset + i * 8, seed + i);
        }
    }

    @Override
    long receive() {
        checking = false;
        for (long before = received; received == before; ) {
            if (poll(1) == 0) Thread.onSpinWait();
        }
        return lastSum;
    }

    @Override
    long receiveMany(long n, int count) {
        checking = true;
        next = n;
        while (next - n < count && !stopped()) {
            if (poll(MOST) == 0) Thread.onSpinWait();
        }
        return next;
    }
}
