package org.datahub.benchmarks;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/// Aeron IPC: an exclusive publication, by claim while a record fits one fragment, else by offer and
/// reassembly. The driver runs in the process that opens `out` for writing, on one thread that backs
/// off to 1 ms; terms are of its default size.
final class AeronChannel extends Channel {
    private static final int MOST_CLAIM = 60_000;
    private static final int FRAGMENTS = 64;
    private static Aeron aeron;

    private final ExclusivePublication publication;
    private final Subscription subscription;
    private final BufferClaim claim = new BufferClaim();
    private final UnsafeBuffer source = new UnsafeBuffer(Payload.SOURCE_BUFFER);
    private final FragmentHandler handler;
    private long received;
    private long lastSum;
    private long next;
    private boolean checking;

    private AeronChannel(ExclusivePublication publication, Subscription subscription) {
        this.publication = publication;
        this.subscription = subscription;
        FragmentHandler whole = this::onRecord;
        this.handler = Settings.BYTES > MOST_CLAIM ? new FragmentAssembler(whole, Settings.BYTES + 64) : whole;
    }

    private static Aeron connect(boolean withDriver) {
        if (aeron != null) return aeron;
        String directory = Settings.DIRECTORY.resolve("aeron").toString();
        if (withDriver) {
            MediaDriver.launch(new MediaDriver.Context()
                    .aeronDirectoryName(directory)
                    .dirDeleteOnStart(true)
                    .threadingMode(ThreadingMode.SHARED)
                    .sharedIdleStrategy(new BackoffIdleStrategy(1, 1, 1_000_000, 1_000_000))
                    .ipcMtuLength(65_504)
                    .termBufferSparseFile(false)
                    .performStorageChecks(false));
        }
        aeron = Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(directory)
                .driverTimeoutMs(20_000)
                .preTouchMappedMemory(true)
                .idleStrategy(new BackoffIdleStrategy(1, 1, 1_000_000, 50_000_000)));
        return aeron;
    }

    private static int stream(String name) {
        return name.equals("out") ? 1 : 2;
    }

    static Channel writer(String name) {
        ExclusivePublication publication =
                connect(name.equals("out")).addExclusivePublication("aeron:ipc", stream(name));
        while (!publication.isConnected()) LockSupport.parkNanos(1_000_000);
        return new AeronChannel(publication, null);
    }

    static Channel reader(String name) {
        Subscription subscription = connect(false).addSubscription("aeron:ipc", stream(name));
        while (!subscription.isConnected()) LockSupport.parkNanos(1_000_000);
        return new AeronChannel(null, subscription);
    }

    private void onRecord(DirectBuffer buffer, int offset, int length, Header header) {
        long sum = 0;
        int words = length >> 3;
        for (int i = 0; i < words; i++) sum += buffer.getLong(offset + i * 8);
        if (checking) check(sum, next++);
        else lastSum = sum;
        received++;
    }

    @Override
    void send(long seed) {
        if (Settings.BYTES > MOST_CLAIM) {
            source.putLong(0, seed);
            source.putLong((Payload.WORDS - 1) * 8, seed);
            while (publication.offer(source, 0, Settings.BYTES) < 0) Thread.onSpinWait();
            return;
        }
        while (publication.tryClaim(Settings.BYTES, claim) < 0) Thread.onSpinWait();
        MutableDirectBuffer buffer = claim.buffer();
        int offset = claim.offset();
        if (Payload.IN_BULK) {
            buffer.putBytes(offset, source, 0, Settings.BYTES);
            buffer.putLong(offset, seed);
            buffer.putLong(offset + (Payload.WORDS - 1) * 8, seed);
        } else {
            for (int i = 0; i < Payload.WORDS; i++) buffer.putLong(offset + i * 8, seed + i);
        }
        claim.commit();
    }

    @Override
    long receive() {
        checking = false;
        for (long before = received; received == before; ) {
            if (subscription.poll(handler, 1) == 0) Thread.onSpinWait();
        }
        return lastSum;
    }

    @Override
    long receiveMany(long n, int count) {
        checking = true;
        next = n;
        while (next - n < count && !stopped()) {
            if (subscription.poll(handler, FRAGMENTS) == 0) Thread.onSpinWait();
        }
        return next;
    }

    /// The other side may still be reading what the driver maps.
    @Override
    public void close() {
        if (publication != null) LockSupport.parkNanos(100_000_000);
    }
}
