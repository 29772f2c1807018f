package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/// Agrona's ring of one writer and one reader over a mapped file: tryClaim and read. Its capacity is
/// the next power of two that holds as many records as DataHub's ring, or 8.
final class AgronaChannel extends Channel {
    private static final int RECORD_HEADER = 8;
    private static final int MESSAGES = 64;

    private final OneToOneRingBuffer ring;
    private final UnsafeBuffer source = new UnsafeBuffer(Payload.SOURCE_BUFFER);
    private final MessageHandler handler = this::onRecord;
    private long received;
    private long lastSum;
    private long next;
    private boolean checking;

    AgronaChannel(String name) throws IOException {
        int records = Math.max(Settings.CELLS, 8);
        int capacity = BitUtil.findNextPositivePowerOfTwo(records * (Settings.BYTES + RECORD_HEADER));
        MappedByteBuffer mapped;
        try (FileChannel file = FileChannel.open(
                Settings.DIRECTORY.resolve(name),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE)) {
            mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, capacity + RingBufferDescriptor.TRAILER_LENGTH);
        }
        ring = new OneToOneRingBuffer(new UnsafeBuffer(mapped));
    }

    private void onRecord(int type, MutableDirectBuffer buffer, int offset, int length) {
        long sum = 0;
        int words = length >> 3;
        for (int i = 0; i < words; i++) sum += buffer.getLong(offset + i * 8);
        if (checking) check(sum, next++);
        else lastSum = sum;
        received++;
    }

    @Override
    void send(long seed) {
        int offset;
        while ((offset = ring.tryClaim(1, Settings.BYTES)) < 0) Thread.onSpinWait();
        AtomicBuffer buffer = ring.buffer();
        if (Payload.IN_BULK) {
            buffer.putBytes(offset, source, 0, Settings.BYTES);
            buffer.putLong(offset, seed);
            buffer.putLong(offset + (Payload.WORDS - 1) * 8, seed);
        } else {
            for (int i = 0; i < Payload.WORDS; i++) buffer.putLong(offset + i * 8, seed + i);
        }
        ring.commit(offset);
    }

    @Override
    long receive() {
        checking = false;
        for (long before = received; received == before; ) {
            if (ring.read(handler, 1) == 0) Thread.onSpinWait();
        }
        return lastSum;
    }

    @Override
    long receiveMany(long n, int count) {
        checking = true;
        next = n;
        while (next - n < count && !stopped()) {
            if (ring.read(handler, MESSAGES) == 0) Thread.onSpinWait();
        }
        return next;
    }
}
