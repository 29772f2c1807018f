package org.datahub.itests.framework;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/// A producer in this container, on a thread of its own: as fast as consumers allow, slot n filled by [Payload]. Where
/// its handle was closed, because the engine went, it asks for a hub anew and goes on.
final class ContainerProducer implements AutoCloseable {
    private static final int BYTES = 256;
    private static final int SLOTS = 16;

    private final BundleContext context;
    private final BlockSpec spec;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicInteger closed = new AtomicInteger();
    private final Thread thread;
    private volatile boolean over;
    private volatile long published;

    /// Sizes and timeouts are this class's own, name and integrity the caller's.
    ContainerProducer(BundleContext context, BlockSpec block) throws Exception {
        this.context = context;
        this.spec = block.slotBytes(BYTES)
                .slots(SLOTS)
                .writeTimeout(Container.PATIENCE)
                .requireConsumer(true);
        this.thread =
                Thread.ofPlatform().daemon().name("producer of " + block.name()).start(this::run);
    }

    /// The hub of this test's bundle, as soon as there is one.
    static DataHub hub(BundleContext context) throws Exception {
        AtomicReference<DataHub> found = new AtomicReference<>();
        Container.await("a hub", () -> {
            ServiceReference<DataHub> reference = context.getServiceReference(DataHub.class);
            if (reference != null) found.set(context.getService(reference));
            return found.get() != null;
        });
        return found.get();
    }

    private void run() {
        try {
            while (!over) {
                try {
                    write();
                } catch (DataHubException e) {
                    if (e.code() != ErrorCode.HANDLE_CLOSED) throw e;
                    closed.incrementAndGet();
                }
            }
        } catch (Throwable t) {
            failure.set(t);
        }
    }

    private void write() throws Exception {
        try (DataBlockProducer out = hub(context).create(spec)) {
            while (!over) {
                out.write(tx -> Payload.fill(tx.payload(), 0, BYTES, tx.number()));
                published = out.next();
            }
            out.drain(Container.PATIENCE);
        }
    }

    /// Fails as the producer did.
    void requireWell() {
        if (failure.get() != null) throw new AssertionError("the producer failed", failure.get());
    }

    /// How often its handle was closed under it.
    int closed() {
        return closed.get();
    }

    /// Slots of the block.
    long published() {
        return published;
    }

    /// Ends the stream.
    void end() throws InterruptedException {
        over = true;
        thread.join(Container.PATIENCE.toMillis());
        requireWell();
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        thread.interrupt();
        thread.join(Container.PATIENCE.toMillis());
    }
}
