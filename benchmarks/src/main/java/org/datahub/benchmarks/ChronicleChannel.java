package org.datahub.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/// Chronicle Queue in the pair's directory: a log that keeps every record, so it always writes fresh
/// pages.
final class ChronicleChannel extends Channel {
    private final ExcerptAppender appender;
    private final ExcerptTailer tailer;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Settings.BYTES).order(ByteOrder.nativeOrder());
    private final Bytes<?> bytes = Bytes.wrapForRead(buffer);

    private ChronicleChannel(ExcerptAppender appender, ExcerptTailer tailer) {
        this.appender = appender;
        this.tailer = tailer;
    }

    private static ChronicleQueue queue(String name) {
        return SingleChronicleQueueBuilder.binary(
                        Settings.DIRECTORY.resolve("chronicle-" + name).toFile())
                .blockSize(256L << 20)
                .build();
    }

    static Channel writer(String name) {
        return new ChronicleChannel(queue(name).createAppender(), null);
    }

    static Channel reader(String name) {
        return new ChronicleChannel(null, queue(name).createTailer());
    }

    @Override
    void send(long seed) {
        try (DocumentContext document = appender.writingDocument()) {
            Bytes<?> to = document.wire().bytes();
            if (Payload.IN_BULK) {
                Payload.fill(buffer, 0, seed);
                to.write(bytes);
            } else {
                for (int i = 0; i < Payload.WORDS; i++) to.writeLong(seed + i);
            }
        }
    }

    @Override
    long receive() {
        while (true) {
            try (DocumentContext document = tailer.readingDocument()) {
                if (document.isPresent()) {
                    Bytes<?> from = document.wire().bytes();
                    long sum = 0;
                    long at = from.readPosition();
                    for (int i = 0; i < Payload.WORDS; i++) sum += from.readLong(at + i * 8L);
                    return sum;
                }
            }
            Thread.onSpinWait();
        }
    }
}
