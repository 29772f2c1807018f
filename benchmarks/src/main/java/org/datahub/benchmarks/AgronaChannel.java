package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.agrona.BitUtil;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/// Agrona's ring of one writer and one reader over a mapped file: tryClaim and read. Its capacity is
/// the next power of two that holds as many records as DataHub's ring, or 8.
final class AgronaChannel extends PolledChannel {
    private static final int RECORD_HEADER = 8;

    private final OneToOneRingBuffer ring;
    private final MessageHandler handler = (type, buffer, offset, length) -> take(buffer, offset, length);

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

    @Override
    void send(long seed) {
        int offset;
        while ((offset = ring.tryClaim(1, Settings.BYTES)) < 0) Thread.onSpinWait();
        fill(ring.buffer(), offset, seed);
        ring.commit(offset);
    }

    @Override
    int poll(int most) {
        return ring.read(handler, most);
    }
}
