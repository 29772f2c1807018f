package org.datahub.itests.framework;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;
import static org.ops4j.pax.exam.CoreOptions.vmOptions;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.datahub.api.spi.IntegrityProvider;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/// What every test in a framework starts from: the bundles of the distribution, as its container
/// has them.
final class Container {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SECRET_BYTES = 32;

    private Container() {}

    /// Everything but the shell and the drop-in directory, and a hub directory of its own.
    static Option bundles() {
        Path hub = newHub();
        return composite(
                vmOptions((System.getProperty("datahub.jvm") + " --sun-misc-unsafe-memory-access=allow").split(" ")),
                systemProperty("expected.framework").value(System.getProperty("expected.framework")),
                systemProperty("bundles.dir").value(System.getProperty("bundles.dir")),
                systemProperty("hub.directory").value(hub.toString()),
                systemProperty("outside.classpath").value(System.getProperty("java.class.path")),
                systemProperty("outside.directory").value(System.getProperty("user.dir")),
                counts(),
                systemProperty("org.ops4j.pax.logging.DefaultServiceLog.level").value("WARN"),
                composite(Arrays.stream(files())
                        .filter(
                                file -> !file.getName()
                                        .matches(
                                                "(org.apache.felix.(gogo|fileinstall)|org.datahub.config.files|org.jline|jline).*"))
                        .map(file -> bundle(file.toURI().toString()))
                        .toArray(Option[]::new)),
                junitBundles());
    }

    /// `-Ddatahub....` of the build, so that the counts of tests reach the container.
    private static Option counts() {
        return composite(System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("datahub."))
                .map(name -> systemProperty(name).value(System.getProperty(name)))
                .toArray(Option[]::new));
    }

    private static File[] files() {
        File[] files = new File(System.getProperty("bundles.dir")).listFiles((dir, name) -> name.endsWith(".jar"));
        if (files == null || files.length == 0)
            throw new IllegalStateException("no bundles: " + System.getProperty("bundles.dir"));
        Arrays.sort(files);
        return files;
    }

    private static Path newHub() {
        try {
            Path hub = Files.createTempDirectory(
                    Path.of("/dev/shm"),
                    "datahub-it-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(hub)));
            return hub;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path hub) {
        try (var paths = Files.walk(hub)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The installed bundle of this symbolic name.
    static Bundle installed(BundleContext context, String symbolicName) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not installed: " + symbolicName));
    }

    /// `-Ddatahub.<what>=N` where it is given, else the full count under the profile `proof`, else the small one.
    static int count(String what, int small, int full) {
        return Integer.getInteger("datahub." + what, Boolean.getBoolean("datahub.proof") ? full : small);
    }

    /// A file with a new key, for the caller to delete.
    static Path newKey() throws IOException {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        secret[0] = (byte) 0x80; // no text
        Path key = Files.createTempFile(
                "datahub-it-",
                ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.write(key, secret);
    }

    /// Waits until this algorithm's provider is there.
    static void awaitIntegrity(BundleContext context, String name) throws Exception {
        await(
                name,
                () -> !context.getServiceReferences(IntegrityProvider.class, "(integrity.name=" + name + ")")
                        .isEmpty());
    }

    /// Waits until `condition` holds.
    static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - deadline > 0) throw new AssertionError("not within " + PATIENCE + ": " + what);
            Thread.onSpinWait();
            Thread.yield();
        }
    }
}
