package org.datahub.itests.framework;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/// A producer in the container at full speed, and a lossless consumer in a process outside, while bundles stop, are
/// updated and uninstalled.
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ComingAndGoingSeenFromOutsideIT {
    private static final String ENGINE = "org.datahub.engine";
    private static final String FILES = "org.datahub.memory.file";

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    @org.ops4j.pax.exam.Configuration
    public Option[] container() {
        return new Option[] {Container.bundles()};
    }

    @Before
    public void chooseTheHubDirectory() throws Exception {
        Configuration engine = configurations.getConfiguration(ENGINE, "?");
        if (engine.getProperties() != null) return;
        engine.update(new Hashtable<>(Map.of("hub.directory", System.getProperty("hub.directory"))));
        Container.installed(context, ENGINE).stop();
        Container.installed(context, ENGINE).start();
    }

    /// By `integrity.target` of the engine; the other two are named by the block.
    @Test
    public void crc32cIsStoppedUpdatedAndUninstalledInUse() throws Exception {
        comesAndGoes("org.datahub.integrity.crc32c", "crc32c", 1, BlockSpec.named("crc32c"));
    }

    @Test
    public void hmacIsStoppedUpdatedAndUninstalledInUse() throws Exception {
        comesAndGoesWithKey("org.datahub.integrity.hmac", "hmac-sha256", 2);
    }

    @Test
    public void blake2bIsStoppedUpdatedAndUninstalledInUse() throws Exception {
        comesAndGoesWithKey("org.datahub.integrity.blake2b", "blake2b-256", 3);
    }

    private void comesAndGoesWithKey(String provider, String integrity, int id) throws Exception {
        Path key = Container.newKey();
        Configuration keyed = configurations.getConfiguration(provider, "?");
        try {
            keyed.update(new Hashtable<>(Map.of("key.file", key.toString())));
            Container.awaitIntegrity(context, integrity);
            comesAndGoes(provider, integrity, id, BlockSpec.named(integrity).integrity(integrity), key);
        } finally {
            keyed.delete();
            Files.delete(key);
        }
    }

    private void comesAndGoes(String provider, String integrity, int id, BlockSpec block, Path... key)
            throws Exception {
        int rounds = Container.count("goings", 10, 500);
        String fact = "the provider in use, " + integrity + ", is stopped, updated, uninstalled, a consumer outside";
        try (ContainerProducer out = new ContainerProducer(context, block);
                Outside outside = new Outside(block.name(), fact, key)) {
            outside.await("ready");
            for (int round = 0; round < rounds; round++) {
                for (Way way : Way.values()) {
                    outside.more(100);
                    outside.send("mark");
                    int seal = Integer.parseInt(outside.await("mark").split(" ")[2]);
                    assertEquals(integrity, id, seal & 0xff);
                    out.requireWell();
                    way.goes(context, provider);
                    way.comesBack(context, provider);
                    outside.more(100);
                    outside.send("pause " + way);
                    outside.await("pause");
                }
            }
            outside.send("end " + rounds + " each");
            out.end();
            assertEquals("ended " + out.published(), outside.await("ended"));
            assertEquals(0, out.closed());
        }
    }

    @Test
    public void theEngineIsUpdated() throws Exception {
        int rounds = Container.count("engines", 5, 50);
        try (ContainerProducer out = new ContainerProducer(context, BlockSpec.named("engine"));
                Outside outside = new Outside("engine", "the engine is updated, a consumer outside")) {
            outside.await("ready");
            for (int round = 0; round < rounds; round++) {
                outside.more(100);
                outside.send("mark");
                outside.await("mark");
                out.requireWell();
                DataHub hub = ContainerProducer.hub(context);
                DataBlockProducer idle =
                        hub.create(BlockSpec.named("idle").slotBytes(64).slots(8));
                DataBlockConsumer reader = hub.attach("idle", ConsumerSpec.lossless());
                Way.UPDATE.goes(context, ENGINE);
                assertClosed(() -> idle.begin(Duration.ofMillis(100)));
                assertClosed(() -> reader.next(Duration.ofMillis(100)));
                outside.more(100);
                outside.send("pause engine");
                outside.await("pause");
            }
            outside.send("end " + rounds + " times");
            out.end();
            assertEquals("ended " + out.published(), outside.await("ended"));
            assertTrue("handles closed=" + out.closed(), out.closed() <= rounds);
        }
    }

    /// The slots by an edited file, the memory by a bundle that comes, and back.
    @Test
    public void theStreamIsHandedOverByItsFileAndByAnAllocatorThatComes() throws Exception {
        Path home = Files.createTempDirectory(
                Path.of("/dev/shm"),
                "datahub-it-home-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Container.installed(context, FILES).stop();
        configurations.getConfiguration(FILES, "?").update(new Hashtable<>(Map.of("directory", home.toString())));
        Configuration block = configurations.getFactoryConfiguration("org.datahub.block", "moving", "?");
        block.update(moving(16, "shm"));
        DataHub hub = ContainerProducer.hub(context);
        Container.await("the block", () -> hub.list().contains("moving"));
        try (ContainerProducer out = new ContainerProducer(context, BlockSpec.named("moving"));
                Outside outside = new Outside("moving", "a stream is handed over by its file, a consumer outside")) {
            outside.await("ready");
            outside.more(100);
            block.update(moving(64, "shm"));
            Container.await("more slots", () -> hub.info("moving").slots() == 64);
            outside.more(100);
            block.update(moving(64, "file"));
            outside.more(100);
            assertEquals("shm", hub.info("moving").allocator());
            Container.installed(context, FILES).start();
            Container.await("files", () -> hub.info("moving").allocator().equals("file"));
            outside.more(100);
            block.update(moving(16, "shm"));
            Container.await("memory", () -> hub.info("moving").allocator().equals("shm"));
            outside.more(100);
            outside.send("end 3 handovers");
            out.end();
            assertEquals("ended " + out.published(), outside.await("ended"));
            assertEquals(0, out.closed());
            Container.await(
                    "one generation",
                    () -> hub.info("moving").otherGenerations().isEmpty());
            try (Stream<Path> left = Files.list(home)) {
                assertEquals(List.of(), left.toList());
            }
        } finally {
            block.delete();
            Files.delete(home);
        }
    }

    private static Hashtable<String, Object> moving(int slots, String allocator) {
        return new Hashtable<>(Map.of(
                "slot.bytes", "256", "slots", "" + slots, "allocator.target", "(allocator.name=" + allocator + ")"));
    }

    private static void assertClosed(org.junit.function.ThrowingRunnable call) {
        assertEquals(
                ErrorCode.HANDLE_CLOSED,
                assertThrows(DataHubException.class, call).code());
    }
}
