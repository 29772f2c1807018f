package org.datahub.itests.framework;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.inject.Inject;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.ProducerState;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/// Bundles that stop, start and are updated while records flow through them.
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class IntegrityComesAndGoesIT {
    private static final int SLOTS = 16;

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    private DataHub hub;

    @org.ops4j.pax.exam.Configuration
    public Option[] container() {
        return new Option[] {Container.bundles()};
    }

    @Before
    public void chooseTheHubDirectory() throws Exception {
        Configuration engine = configurations.getConfiguration("org.datahub.engine", "?");
        if (engine.getProperties() == null) {
            engine.update(new Hashtable<>(Map.of("hub.directory", System.getProperty("hub.directory"))));
            Container.installed(context, "org.datahub.engine").stop();
            Container.installed(context, "org.datahub.engine").start();
        }
        hub = hub();
    }

    private DataHub hub() throws Exception {
        Container.await("a hub", () -> context.getServiceReference(DataHub.class) != null);
        return context.getService(context.getServiceReference(DataHub.class));
    }

    private Bundle crc32c() {
        return Container.installed(context, "org.datahub.integrity.crc32c");
    }

    /// A producer and a lossless consumer at full speed, each on a thread of its own.
    private final class Flow implements AutoCloseable {
        final AtomicLong received = new AtomicLong();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final AtomicBoolean stop = new AtomicBoolean();
        private final DataBlockProducer out;
        private final DataBlockConsumer in;
        private final Thread writer;
        private final Thread reader;

        Flow(String name) {
            out = hub.create(BlockSpec.named(name).slotBytes(256).slots(SLOTS).writeTimeout(Container.PATIENCE));
            in = hub.attach(name, ConsumerSpec.lossless());
            reader = Thread.ofPlatform().start(() -> guarded(this::read));
            writer = Thread.ofPlatform().start(() -> guarded(this::write));
        }

        private void guarded(Runnable work) {
            try {
                work.run();
            } catch (Throwable t) {
                failure.compareAndSet(null, t);
            }
        }

        private void write() {
            while (!stop.get()) out.write(tx -> tx.payload().fill((byte) tx.number()));
            out.close();
        }

        private void read() {
            while (true) {
                long expected = received.get();
                Next next = in.read(Container.PATIENCE, slot -> {
                    assertEquals(expected, slot.number());
                    assertEquals((byte) expected, slot.payload().get(ValueLayout.JAVA_BYTE, 255));
                });
                if (next == Next.END) return;
                assertEquals(Next.SLOT, next);
                received.incrementAndGet();
            }
        }

        void awaitMore(int slots) throws Exception {
            long until = received.get() + slots;
            Container.await("slot " + until, () -> received.get() >= until || failure.get() != null);
            if (failure.get() != null) throw new AssertionError("the flow broke", failure.get());
        }

        @Override
        public void close() throws Exception {
            stop.set(true);
            writer.join(Container.PATIENCE.toMillis());
            reader.join(Container.PATIENCE.toMillis());
            long published = out.next();
            in.close();
            out.close();
            if (failure.get() != null) throw new AssertionError("the flow broke", failure.get());
            assertEquals(published, received.get());
            assertEquals(0, in.missed());
        }
    }

    @Test
    public void recordsWaitForTheProviderAndNoneIsLost() throws Exception {
        try (Flow flow = new Flow("stopped")) {
            for (int round = 0; round < 20; round++) {
                flow.awaitMore(1000);
                crc32c().stop();
                long held = flow.received.get();
                for (int look = 0; look < 100; look++) hub.info("stopped");
                assertTrue("delivered without its provider", flow.received.get() <= held + 1);
                crc32c().start();
            }
            flow.awaitMore(1000);
        }
    }

    @Test
    public void anUpdatedProviderGoesOnWhereTheOldOneStopped() throws Exception {
        File jar = new File(System.getProperty("bundles.dir"), "org.datahub.integrity.crc32c.jar");
        try (Flow flow = new Flow("updated")) {
            for (int round = 0; round < 10; round++) {
                flow.awaitMore(1000);
                try (InputStream bytes = new FileInputStream(jar)) {
                    crc32c().update(bytes);
                }
            }
            flow.awaitMore(1000);
        }
    }

    @Test
    public void withoutAProviderWritesAndReadsFailTypedAndNothingIsDowngraded() throws Exception {
        try (DataBlockProducer out = hub.create(
                        BlockSpec.named("missing").slotBytes(64).slots(8).writeTimeout(Duration.ofMillis(100)));
                DataBlockConsumer in = hub.attach("missing", ConsumerSpec.lossless())) {
            out.write(tx -> {});
            crc32c().stop();
            try {
                DataHubException write = assertThrows(DataHubException.class, () -> out.write(tx -> {}));
                assertEquals(ErrorCode.INTEGRITY_MISSING, write.code());
                DataHubException read = assertThrows(DataHubException.class, () -> in.next(Duration.ofMillis(100)));
                assertEquals(ErrorCode.INTEGRITY_MISSING, read.code());
            } finally {
                crc32c().start();
            }
            out.write(tx -> {});
            assertEquals(Next.SLOT, in.next(Container.PATIENCE));
            assertEquals(0, in.number());
            assertEquals(Next.SLOT, in.next(Container.PATIENCE));
            assertEquals(1, in.number());
        }
    }

    @Test
    public void aStoppedBundleLosesItsHandles() throws Exception {
        Bundle user = Container.installed(context, "org.apache.felix.metatype");
        BundleContext its = user.getBundleContext();
        DataHub theirs = its.getService(its.getServiceReference(DataHub.class));
        DataBlockProducer out =
                theirs.create(BlockSpec.named("theirs").slotBytes(64).slots(8));
        out.write(tx -> {});
        assertEquals(ProducerState.ALIVE, hub.info("theirs").producerState());
        user.stop();
        try {
            assertEquals(ProducerState.ENDED, hub.info("theirs").producerState());
            DataHubException closed = assertThrows(DataHubException.class, () -> out.write(tx -> {}));
            assertEquals(ErrorCode.HANDLE_CLOSED, closed.code());
        } finally {
            user.start();
        }
    }

    @Test
    public void anUpdatedEngineTakesTheBlockOverWhereTheOldOneLeftIt() throws Exception {
        DataBlockProducer out =
                hub.create(BlockSpec.named("engine").slotBytes(64).slots(8));
        for (int n = 0; n < 5; n++) out.write(tx -> {});
        try (InputStream bytes =
                new FileInputStream(new File(System.getProperty("bundles.dir"), "org.datahub.engine.jar"))) {
            Container.installed(context, "org.datahub.engine").update(bytes);
        }
        DataHubException closed = assertThrows(DataHubException.class, () -> out.write(tx -> {}));
        assertEquals(ErrorCode.HANDLE_CLOSED, closed.code());
        hub = hub();
        try (DataBlockProducer next = hub.create(BlockSpec.named("engine"))) {
            assertEquals(5, next.next());
        }
    }
}
