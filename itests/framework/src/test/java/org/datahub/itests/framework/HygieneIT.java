package org.datahub.itests.framework;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.inject.Inject;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.log.LogReaderService;

/// A bundle that goes takes everything with it: threads, mappings, descriptors, locks and classes,
/// whatever programs had open when it went.
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class HygieneIT {
    private static final String ENGINE = "org.datahub.engine";
    private static final Path HUB = Path.of(System.getProperty("hub.directory", "/dev/shm"));

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
        engine.update(new Hashtable<>(Map.of("hub.directory", HUB.toString())));
        Container.installed(context, ENGINE).stop();
        Container.installed(context, ENGINE).start();
    }

    @Test
    public void theEngineLeavesNothing() throws Exception {
        for (Way way : Way.values()) everythingEndsWith(ENGINE, way);
    }

    @Test
    public void theNativeBundleLeavesNothing() throws Exception {
        for (Way way : Way.values()) everythingEndsWith("org.datahub.posix", way);
    }

    @Test
    public void anAllocatorLeavesNothingAndWhatIsOpenGoesOn() throws Exception {
        for (Way way : Way.values()) everythingOutlives("org.datahub.memory.shm", way);
    }

    @Test
    public void aProviderOfIntegrityLeavesNothingAndWhatIsOpenGoesOn() throws Exception {
        for (Way way : Way.values()) everythingOutlives("org.datahub.integrity.crc32c", way);
    }

    /// Logs keep what was thrown, for whoever asks them, and with it the classes on its stack.
    @Test
    public void aFailureThatWasLoggedKeepsNoClasses() throws Exception {
        WeakReference<ClassLoader> loader = loader(ENGINE);
        try {
            failedAndGone();
            awaitCollected(ENGINE + " after a failed beat", loader);
        } finally {
            Way.STOP.comesBack(context, ENGINE);
        }
    }

    private void failedAndGone() throws Exception {
        DataHub hub = context.getService(hub());
        DataBlockProducer out =
                hub.create(BlockSpec.named("faulty").slotBytes(64).slots(4));
        DataBlockConsumer in = hub.attach("faulty", ConsumerSpec.observer());
        try (FileChannel control = FileChannel.open(HUB.resolve("faulty/control"), StandardOpenOption.WRITE)) {
            control.truncate(0);
        }
        LogReaderService log = context.getService(context.getServiceReference(LogReaderService.class));
        Container.await(
                "a failed beat in the log",
                () -> Collections.list(log.getLog()).stream()
                        .anyMatch(entry -> entry.getMessage().startsWith("a beat failed")));
        in.close();
        out.close();
        hub.remove("faulty");
        goes(ENGINE, Way.STOP);
    }

    private void everythingEndsWith(String bundle, Way way) throws Exception {
        String what = bundle + " " + way;
        WeakReference<ClassLoader> loader = loader(bundle);
        try {
            usedAndGone(bundle, way, what);
            awaitNothing(what);
            awaitCollected(what, loader);
        } finally {
            way.comesBack(context, bundle);
        }
    }

    /// In a method of its own: when it returns, nothing of the users is reachable.
    private void usedAndGone(String bundle, Way way, String what) throws Exception {
        ServiceReference<DataHub> reference = hub();
        try (Users users = new Users(context.getService(reference))) {
            goes(bundle, way);
            users.awaitEnd();
            for (String end : users.ends()) assertTrue(what + ": " + end, end.endsWith(": closed"));
            assertEquals(what, Set.of("HANDLE_CLOSED"), new HashSet<>(users.answers()));
        }
    }

    private void everythingOutlives(String bundle, Way way) throws Exception {
        String what = bundle + " " + way;
        WeakReference<ClassLoader> loader = loader(bundle);
        DataHub hub = context.getService(hub());
        usedThroughout(hub, bundle, way, what);
        awaitCollected(what, loader);
        for (String block : hub.list()) hub.remove(block);
    }

    private void usedThroughout(DataHub hub, String bundle, Way way, String what) throws Exception {
        try (Users users = new Users(hub)) {
            goes(bundle, way);
            way.comesBack(context, bundle);
            long before = users.received();
            Container.await(what + ": the flow goes on", () -> users.received() > before + 100);
            assertEquals(what, List.of(), users.ends());
        }
    }

    private ServiceReference<DataHub> hub() throws Exception {
        Container.await("a hub", () -> context.getServiceReference(DataHub.class) != null);
        return context.getServiceReference(DataHub.class);
    }

    private WeakReference<ClassLoader> loader(String bundle) {
        return new WeakReference<>(
                Container.installed(context, bundle).adapt(BundleWiring.class).getClassLoader());
    }

    private void goes(String name, Way way) throws Exception {
        Bundle bundle = Container.installed(context, name);
        way.goes(context, name);
        // The framework keeps the classes of what has stopped or gone until it is told that nobody needs them.
        CountDownLatch refreshed = new CountDownLatch(1);
        context.getBundle(0)
                .adapt(FrameworkWiring.class)
                .refreshBundles(Collections.singleton(bundle), event -> refreshed.countDown());
        refreshed.await();
    }

    private static void awaitNothing(String what) throws Exception {
        Container.await(
                what + ": left " + Footprint.of(HUB), () -> Footprint.of(HUB).isEmpty());
    }

    private static void awaitCollected(String what, WeakReference<ClassLoader> loader) throws Exception {
        Container.await(what + ": its classes are gone", () -> {
            System.gc();
            return loader.get() == null;
        });
    }
}
