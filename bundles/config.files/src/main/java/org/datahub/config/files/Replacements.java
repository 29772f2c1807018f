package org.datahub.config.files;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A dropped jar of a bundle that the distribution has takes its place, and the distribution's comes
/// back when the jar goes. File Install itself would run both, or, at the same version, uninstall
/// the distribution's with the jar.
///
/// The framework property `datahub.bundles` is the URI of the distribution's directory; without it
/// nothing is replaced.
@Component(property = "service.ranking:Integer=100")
public final class Replacements implements ArtifactInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);

    private final BundleContext context;
    private final String shipped; // null: nothing is

    /// Which file stands for a bundle of the distribution. File Install asks on one thread for each
    /// directory.
    private final Map<Bundle, File> standing = new HashMap<>();

    /// Replaces bundles of this framework.
    @Activate
    public Replacements(BundleContext context) {
        this.context = context;
        this.shipped = context.getProperty("datahub.bundles");
    }

    @Override
    public boolean canHandle(File file) {
        return replacedBy(file) != null;
    }

    /// The bundle of the distribution with the symbolic name of this jar; null where there is none.
    private Bundle replacedBy(File file) {
        if (shipped == null || !file.getName().endsWith(".jar")) return null;
        String name = symbolicName(file);
        if (name == null) return null;
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getLocation().startsWith(shipped) && name.equals(bundle.getSymbolicName())) return bundle;
        }
        return null;
    }

    private static String symbolicName(File file) {
        try (JarFile jar = new JarFile(file)) {
            Manifest manifest = jar.getManifest();
            String header =
                    manifest == null ? null : manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
            return header == null ? null : header.split(";", 2)[0].strip();
        } catch (IOException e) {
            return null; // File Install says what is wrong with it
        }
    }

    @Override
    public synchronized void install(File file) throws IOException, BundleException, InterruptedException {
        Bundle bundle = replacedBy(file);
        if (bundle == null) throw new IOException("no jar of a bundle any more: " + file);
        String name = bundle.getSymbolicName();
        if (holdsFileInstall(bundle)) {
            LOG.error(
                    "a bundle that others are installed with is not replaced while it runs: bundle={}, file={} -> put the jar into"
                            + " the distribution's bundles/ and start the hub again",
                    name,
                    file);
            return;
        }
        boolean ran = bundle.getState() == Bundle.ACTIVE;
        String why = "it does not start";
        try {
            put(bundle, file.toPath());
        } catch (BundleException e) {
            why = e.getMessage();
        }
        if (ran && bundle.getState() != Bundle.ACTIVE) {
            put(bundle, shippedJar(bundle));
            bundle.start(Bundle.START_ACTIVATION_POLICY); // an update starts only what ran until then
            standing.remove(bundle);
            LOG.error(
                    "a dropped jar is refused, the distribution's bundle is back: bundle={}, version={}, file={}: {} ->"
                            + " mend the jar or delete it",
                    name,
                    bundle.getVersion(),
                    file,
                    why);
            return;
        }
        standing.put(bundle, file);
        LOG.info(
                "a dropped jar stands for a bundle of the distribution: bundle={}, version={}, file={}",
                name,
                bundle.getVersion(),
                file);
    }

    /// Whether this one or File Install would stop in its own call, and begin anew with the same jar.
    private boolean holdsFileInstall(Bundle bundle) {
        Collection<Bundle> stopped = wiring().getDependencyClosure(Set.of(bundle));
        return stopped.contains(context.getBundle())
                || stopped.contains(FrameworkUtil.getBundle(ArtifactInstaller.class));
    }

    private FrameworkWiring wiring() {
        return context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
    }

    @Override
    public void update(File file) throws IOException, BundleException, InterruptedException {
        install(file);
    }

    @Override
    public synchronized void uninstall(File file) throws IOException, BundleException, InterruptedException {
        for (Map.Entry<Bundle, File> each : Map.copyOf(standing).entrySet()) {
            if (!each.getValue().equals(file)) continue;
            Bundle bundle = each.getKey();
            standing.remove(bundle);
            put(bundle, shippedJar(bundle));
            LOG.info(
                    "the distribution's bundle is back: bundle={}, version={}",
                    bundle.getSymbolicName(),
                    bundle.getVersion());
        }
    }

    private static Path shippedJar(Bundle bundle) {
        return Path.of(URI.create(bundle.getLocation()));
    }

    /// Has the bundle be what this jar says, and those that use its packages see them.
    private void put(Bundle bundle, Path jar) throws IOException, BundleException, InterruptedException {
        try (InputStream content = Files.newInputStream(jar)) {
            bundle.update(content);
        }
        CountDownLatch refreshed = new CountDownLatch(1);
        wiring().refreshBundles(Set.of(bundle), event -> refreshed.countDown());
        refreshed.await();
    }
}
