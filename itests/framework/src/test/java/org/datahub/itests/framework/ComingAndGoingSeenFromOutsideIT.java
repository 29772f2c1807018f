package org.datahub.itests.framework;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.Hashtable;
import java.util.Map;
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
    private static final String PROVIDER = "org.datahub.integrity.crc32c";
    private static final String ENGINE = "org.datahub.engine";

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

    @Test
    public void theProviderInUseIsStoppedUpdatedAndUninstalled() throws Exception {
        int rounds = Container.count("goings", 10, 500);
        try (ContainerProducer out = new ContainerProducer(context, "provider");
                Outside outside = new Outside(
                        "provider", "the provider in use is stopped, updated, uninstalled, a consumer outside")) {
            outside.await("ready");
            for (int round = 0; round < rounds; round++) {
                for (Way way : Way.values()) {
                    outside.more(100);
                    outside.send("mark");
                    outside.await("mark");
                    out.requireWell();
                    way.goes(context, PROVIDER);
                    way.comesBack(context, PROVIDER);
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
        try (ContainerProducer out = new ContainerProducer(context, "engine");
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

    private static void assertClosed(org.junit.function.ThrowingRunnable call) {
        assertEquals(
                ErrorCode.HANDLE_CLOSED,
                assertThrows(DataHubException.class, call).code());
    }
}
