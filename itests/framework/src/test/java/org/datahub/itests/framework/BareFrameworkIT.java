package org.datahub.itests.framework;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/// A container of one's own: nothing but the framework and the bundles that docs/install.md lists.
public class BareFrameworkIT {
    /// A row of the list: `| org.apache.felix | org.apache.felix.scr | 2.2.18 |`, with more columns
    /// behind.
    private static final Pattern ROW =
            Pattern.compile("^\\| `?([\\w.]+)`? \\| `?([\\w.-]+)`? \\| `?([\\w.${}-]+)`? \\|.*");

    private Path storage;
    private Path hub;
    private Framework framework;

    @Before
    public void start() throws Exception {
        storage = Files.createTempDirectory("datahub-bare-");
        hub = Files.createTempDirectory(
                Path.of("/dev/shm"),
                "datahub-bare-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Map<String, String> properties = new HashMap<>();
        properties.put(Constants.FRAMEWORK_STORAGE, storage.toString());
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(properties);
        framework.start();
    }

    @After
    public void stop() throws Exception {
        framework.stop();
        framework.waitForStop(Container.PATIENCE.toMillis());
        for (Path left : List.of(storage, hub)) {
            try (var paths = Files.walk(left)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
            }
        }
    }

    private static List<String> listed() throws Exception {
        Path document = Path.of(System.getProperty("basedir", ".")).resolve("../../docs/install.md");
        List<String> artifacts = new ArrayList<>();
        for (String line : Files.readAllLines(document)) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && !row.group(2).equals("artifact")) artifacts.add(row.group(2));
        }
        return artifacts;
    }

    @Test
    public void theListedBundlesAreEnough() throws Exception {
        BundleContext context = framework.getBundleContext();
        List<Bundle> bundles = new ArrayList<>();
        for (String artifact : listed()) {
            File jar = new File(System.getProperty("bundles.dir"), artifact + ".jar");
            assertTrue("listed and not shipped: " + artifact, jar.exists());
            bundles.add(context.installBundle(jar.toURI().toString()));
        }
        assertTrue("docs/install.md lists no bundles", bundles.size() > 5);
        for (Bundle bundle : bundles) bundle.start();
        for (Bundle bundle : bundles) assertEquals(bundle.toString(), Bundle.ACTIVE, bundle.getState());
        configure(context);
        Container.await("the block", () -> Files.exists(hub.resolve("bare/state")));
        assertEquals(1, count(context, "org.datahub.api.DataHub"));
        assertEquals(1, count(context, "org.datahub.api.admin.DeclaredBlock"));
        assertEquals(1, count(context, "org.datahub.api.spi.Kernel"));
    }

    /// Config Admin by reflection: its classes belong to the bundles, not to this test.
    private void configure(BundleContext context) throws Exception {
        // Whether its class is the one that this test would load does not matter.
        ServiceReference<?> reference =
                context.getAllServiceReferences("org.osgi.service.cm.ConfigurationAdmin", null)[0];
        Object admin = context.getService(reference);
        Class<?> api = reference.getBundle().loadClass("org.osgi.service.cm.ConfigurationAdmin");
        Class<?> configuration = reference.getBundle().loadClass("org.osgi.service.cm.Configuration");
        Dictionary<String, Object> engine = new Hashtable<>(Map.of("hub.directory", hub.toString()));
        Object one =
                api.getMethod("getConfiguration", String.class, String.class).invoke(admin, "org.datahub.engine", "?");
        configuration.getMethod("update", Dictionary.class).invoke(one, engine);
        Bundle engineBundle = Container.installed(context, "org.datahub.engine");
        engineBundle.stop();
        engineBundle.start();
        Object block = api.getMethod("getFactoryConfiguration", String.class, String.class, String.class)
                .invoke(admin, "org.datahub.block", "bare", "?");
        configuration
                .getMethod("update", Dictionary.class)
                .invoke(block, new Hashtable<>(Map.of("slot.bytes", "4096", "slots", "4")));
    }

    private static int count(BundleContext context, String service) throws Exception {
        ServiceReference<?>[] references = context.getAllServiceReferences(service, null);
        return references == null ? 0 : references.length;
    }
}
