package org.datahub.itests.framework;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import javax.inject.Inject;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.ProducerState;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.DeclaredBlock;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/// An operator's `org.datahub.block~*.cfg`, as Config Admin sees it.
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BlockByConfigurationIT {
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
            engine.update(table(Map.of("hub.directory", System.getProperty("hub.directory"))));
            // The engine started without it: a hub directory is chosen once, so the engine starts anew.
            Container.installed(context, "org.datahub.engine").stop();
            Container.installed(context, "org.datahub.engine").start();
        }
        Container.await("a hub", () -> context.getServiceReference(DataHub.class) != null);
        hub = context.getService(context.getServiceReference(DataHub.class));
        assertEquals(System.getProperty("hub.directory"), hub.directory().toString());
    }

    @After
    public void forget() throws Exception {
        Configuration[] declared = configurations.listConfigurations("(service.factoryPid=org.datahub.block)");
        if (declared != null) for (Configuration one : declared) one.delete();
    }

    private Configuration declare(String name, Map<String, Object> values) throws Exception {
        Configuration configuration = configurations.getFactoryConfiguration("org.datahub.block", name, "?");
        configuration.update(table(values));
        return configuration;
    }

    private static Dictionary<String, Object> table(Map<String, Object> values) {
        return new Hashtable<>(values);
    }

    private void awaitBlock(String name) throws Exception {
        Container.await("block " + name, () -> hub.list().contains(name));
    }

    @Test
    public void theTestRunsInTheFrameworkItIsMeantFor() {
        String framework = context.getBundle(0).getSymbolicName();
        String expected = System.getProperty("expected.framework").equals("felix") ? "felix" : "eclipse";
        assertTrue(framework, framework.contains(expected));
        assertTrue(Runtime.version().feature() >= 25);
    }

    @Test
    public void blocksThatNoFileDeclaresFollowTheTargetsOfTheEngineAndNoHandleIsCutOff() throws Exception {
        Configuration engine = configurations.getConfiguration("org.datahub.engine", "?");
        Dictionary<String, Object> before = engine.getProperties();
        try (DataBlockProducer out =
                hub.create(BlockSpec.named("undeclared").slotBytes(64).slots(4))) {
            out.write(tx -> {});
            target(engine, "integrity.target", "(integrity.name=absent)");
            Container.await("no provider", () -> isRefused(out));
            target(engine, "integrity.target", "(integrity.name=crc32c)");
            out.write(tx -> {});
            assertEquals(2, hub.info("undeclared").next());
        } finally {
            engine.update(before);
            hub.remove("undeclared");
        }
    }

    private static boolean isRefused(DataBlockProducer out) {
        try {
            if (out.claim(Duration.ZERO) == Claim.CLAIMED) out.abort();
            return false;
        } catch (DataHubException e) {
            assertEquals(ErrorCode.INTEGRITY_MISSING, e.code());
            return true;
        }
    }

    private static void target(Configuration engine, String key, String filter) throws Exception {
        Dictionary<String, Object> words = engine.getProperties();
        words.put(key, filter);
        engine.update(words);
    }

    @Test
    public void aFactoryConfigurationMakesABlockWithoutAProducer() throws Exception {
        declare("camera", Map.of("slot.bytes", "64KiB", "slots", "48", "policy", "sequential", "timestamp", "coarse"));
        awaitBlock("camera");
        BlockInfo info = hub.info("camera");
        assertEquals(65536, info.slotBytes());
        assertEquals(48, info.slots());
        assertEquals(SyncPolicy.SEQUENTIAL, info.policy());
        assertEquals(ProducerState.NONE, info.producerState());
        ServiceReference<DeclaredBlock> service = context.getServiceReferences(
                        DeclaredBlock.class, "(slot.bytes=64KiB)")
                .iterator()
                .next();
        assertEquals("camera", context.getService(service).name());
        assertEquals("48", String.valueOf(service.getProperty("slots")));
    }

    @Test
    public void aProducerOfADeclaredBlockNamesNothingButTheBlock() throws Exception {
        declare("meter", Map.of("slot.bytes", "64", "slots", "8", "write.timeout", "50ms"));
        awaitBlock("meter");
        try (DataBlockProducer out = hub.create(BlockSpec.named("meter"));
                DataBlockConsumer in = hub.attach("meter", ConsumerSpec.lossless())) {
            assertEquals(64, out.slotBytes());
            for (long n = 0; n < 8; n++) out.write(tx -> tx.payload().set(ValueLayout.JAVA_LONG, 0, tx.number()));
            DataHubException gated = assertThrows(DataHubException.class, () -> out.write(tx -> {}));
            assertEquals(ErrorCode.WRITE_TIMEOUT, gated.code());
            for (long n = 0; n < 8; n++) {
                long expected = n;
                assertEquals(
                        Next.SLOT,
                        in.read(
                                Container.PATIENCE,
                                slot -> assertEquals(expected, slot.payload().get(ValueLayout.JAVA_LONG, 0))));
            }
            out.write(tx -> {});
        }
    }

    @Test
    public void aChangedGeometryLeavesTheBlockAsItIs() throws Exception {
        Configuration configuration = declare("frames", Map.of("slot.bytes", "4096", "slots", "8"));
        awaitBlock("frames");
        String block = hub.info("frames").blockId();
        configuration.update(table(Map.of("slot.bytes", "8192", "slots", "8")));
        Container.await(
                "the new properties",
                () -> !context.getServiceReferences(DeclaredBlock.class, "(slot.bytes=8192)")
                        .isEmpty());
        assertEquals(block, hub.info("frames").blockId());
        assertEquals(4096, hub.info("frames").slotBytes());
    }

    @Test
    public void aDeletedConfigurationRemovesNoBlock() throws Exception {
        Configuration configuration = declare("kept", Map.of("slot.bytes", "4096"));
        awaitBlock("kept");
        configuration.delete();
        Container.await(
                "no service",
                () -> context.getServiceReferences(DeclaredBlock.class, null).isEmpty());
        assertTrue(hub.list().contains("kept"));
    }

    @Test
    public void aConfigurationThatCanNotBeUsedMakesNothing() throws Exception {
        declare("wrong", Map.of("slot.bytes", "many"));
        declare("right", Map.of("slot.bytes", "4096"));
        awaitBlock("right");
        DeclaredBlock wrong =
                context.getService(context.getServiceReferences(DeclaredBlock.class, "(slot.bytes=many)").stream()
                        .findFirst()
                        .orElseThrow());
        assertEquals(
                ErrorCode.CONFIGURATION,
                assertThrows(DataHubException.class, wrong::info).code());
        assertTrue(!hub.list().contains("wrong"));
    }

    @Test
    public void aFileIsServedOnceItIsMended() throws Exception {
        Configuration wrong = declare("counted", Map.of("slot.bytes", "64", "batch", "many", "slots", "8"));
        declare("right", Map.of("slot.bytes", "4096"));
        awaitBlock("right");
        wrong.update(table(Map.of("slot.bytes", "64", "batch", "2", "slots", "8")));
        awaitBlock("counted");
        assertEquals(2, hub.info("counted").batch());
    }

    @Test
    public void ofTwoFilesThatDeclareOneBlockTheOneThatStaysIsServed() throws Exception {
        Configuration first = declare("twin", Map.of("slot.bytes", "64", "slots", "8"));
        awaitBlock("twin");
        declare("second", Map.of("name", "twin", "slot.bytes", "64", "slots", "8", "write.timeout", "7s"));
        Container.await(
                "the second",
                () -> !context.getServiceReferences(DeclaredBlock.class, "(name=twin)")
                        .isEmpty());
        first.delete();
        Container.await("the second's words", () -> {
            try (DataBlockProducer out = hub.create(BlockSpec.named("twin"))) {
                return out.writeTimeout().toSeconds() == 7;
            }
        });
    }

    @Test
    public void anEngineThatCanNotUseItsFileServesTheBlocksOnceItIsMended() throws Exception {
        Configuration engine = configurations.getConfiguration("org.datahub.engine", "?");
        String directory = System.getProperty("hub.directory");
        Container.installed(context, "org.datahub.engine").stop();
        engine.update(table(Map.of("hub.directory", directory, "beat.ms", "often")));
        declare("patient", Map.of("slot.bytes", "64", "slots", "8"));
        Container.installed(context, "org.datahub.engine").start();
        DataHub again = context.getService(context.getServiceReference(DataHub.class));
        assertEquals(
                ErrorCode.CONFIGURATION,
                assertThrows(DataHubException.class, again::list).code());
        engine.update(table(Map.of("hub.directory", directory, "beat.ms", "50")));
        Container.await("block patient", () -> {
            try {
                return again.list().contains("patient");
            } catch (DataHubException e) {
                assertEquals(ErrorCode.CONFIGURATION, e.code()); // Config Admin tells in its own time
                return false;
            }
        });
    }

    @Test
    public void aFilterThatIsNoneChoosesNothing() throws Exception {
        Map<String, Object> good = Map.of("slot.bytes", "64", "slots", "8");
        Map<String, Object> bad =
                Map.of("slot.bytes", "64", "slots", "8", "integrity.target", "(integrity.name=hmac-sha256");
        Configuration configuration = declare("filtered", bad);
        declare("behind", good);
        awaitBlock("behind");
        assertEquals(
                ErrorCode.CONFIGURATION,
                assertThrows(DataHubException.class, () -> hub.create(BlockSpec.named("filtered")))
                        .code());
        configuration.update(table(good));
        awaitBlock("filtered");
        try (DataBlockProducer out = hub.create(BlockSpec.named("filtered"))) {
            Container.await("a provider", () -> out.claim(Container.PATIENCE) == Claim.CLAIMED);
            out.commit(0);
            configuration.update(table(bad));
            Container.await(
                    "the bad words",
                    () -> !context.getServiceReferences(DeclaredBlock.class, "(integrity.target=*hmac-sha256)")
                            .isEmpty());
            assertEquals(
                    ErrorCode.INTEGRITY_MISSING,
                    assertThrows(DataHubException.class, () -> out.claim(Duration.ZERO))
                            .code());
            configuration.update(table(good));
            Container.await("a provider", () -> out.claim(Container.PATIENCE) == Claim.CLAIMED);
            out.commit(0);
            assertEquals("crc32c", hub.info("filtered").integrity());
        }
    }
}
