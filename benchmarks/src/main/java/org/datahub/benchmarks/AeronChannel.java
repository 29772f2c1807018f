package org.datahub.benchmarks;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.BackoffIdleStrategy;

/// Aeron IPC: an exclusive publication, by claim while a record fits one fragment, else by offer and
/// reassembly. The driver runs in the process that opens `out` for writing, on one thread that backs
/// off to 1 ms; terms are of its default size.
final class AeronChannel extends PolledChannel {
    private static final int MOST_CLAIM = 60_000;
    private static Aeron aeron;

    private final ExclusivePublication publication;
    private final Subscription subscription;
    private final BufferClaim claim = new BufferClaim();
    private final FragmentHandler handler;

    private AeronChannel(ExclusivePublication publication, Subscription subscription) {
        this.publication = publication;
        this.subscription = subscription;
        FragmentHandler whole = (buffer, offset, length, header) -> take(buffer, offset, length);
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

    @Override
    void send(long seed) {
        if (Settings.BYTES > MOST_CLAIM) {
            source.putLong(0, seed);
            source.putLong((Payload.WORDS - 1) * 8, seed);
            while (publication.offer(source, 0, Settings.BYTES) < 0) Thread.onSpinWait();
            return;
        }
        while (publication.tryClaim(Settings.BYTES, claim) < 0) Thread.onSpinWait();
        fill(claim.buffer(), claim.offset(), seed);
        claim.commit();
    }

    @Override
    int poll(int most) {
        return subscription.poll(handler, most);
    }

    /// The other side may still be reading what the driver maps.
    @Override
    public void close() {
        if (publication != null) LockSupport.parkNanos(100_000_000);
    }
}
