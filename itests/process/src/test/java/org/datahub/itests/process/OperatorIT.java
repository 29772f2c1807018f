package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.datahub.api.testing.Evidence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An operator has a live stream change its integrity with `cp`, an editor and `rm` in the directories of a running
/// hub, unpacked as it is shipped. This process is outside of the hub, and reads everything.
class OperatorIT {
    private static final int NEIGHBOURS = 100;
    private static final String HMAC = "org.datahub.integrity.hmac";
    private static final String VERSION = "Bundle-Version";

    @TempDir
    private Path place;

    private TestHub hub;
    private Path distribution;
    private Path home;
    private Path key;

    @BeforeEach
    void open() throws Exception {
        hub = new TestHub();
        distribution = Files.createDirectory(place.resolve("datahub"));
        Cli.copy(distribution);
        home = place.resolve("home");
        key = place.resolve("hmac.key");
        assertEquals(0, cli().brief().run("key", "new", key.toString()).exit());
    }

    @AfterEach
    void close() throws IOException {
        hub.close();
    }

    private Cli cli() {
        return new Cli(hub.directory()).of(distribution);
    }

    private Child start() throws IOException {
        Child run = cli().start("run", "--home", home.toString(), "--no-shell");
        run.awaitError("datahub: hub is up: ");
        return run;
    }

    /// Has the instrument of the distribution publish a record each millisecond, sealed by this algorithm.
    private void publish(String algorithm) throws IOException {
        seal(algorithm);
        write("config/org.datahub.examples.instrument~telemetry.cfg", "stream = telemetry\n");
        drop(distribution.resolve("lib/org.datahub.examples.instrument.jar"), "instrument.jar");
    }

    private void seal(String algorithm) throws IOException {
        write(
                "config/org.datahub.block~telemetry.cfg",
                "slot.bytes = 176\nslots = 1024\nwrite.timeout = 1s\nintegrity.target = (integrity.name=" + algorithm
                        + ")\n");
    }

    private void giveTheKey() throws IOException {
        write("config/" + HMAC + ".cfg", "key.file = " + key + "\n");
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(home.resolve(file), text);
    }

    /// Written over what is there, as `cp` does it.
    private void drop(Path jar, String name) throws IOException {
        try (OutputStream out = Files.newOutputStream(home.resolve("deploy").resolve(name))) {
            Files.copy(jar, out);
        }
    }

    private void delete(String name) throws IOException {
        Files.delete(home.resolve("deploy").resolve(name));
    }

    private static void end(Child run) throws Exception {
        run.signal("TERM");
        assertEquals(0, run.exit(), run::describe);
    }

    @Test
    void aJarIsCopiedThereUsedOverwrittenAndDeleted() throws Exception {
        Evidence evidence = Evidence.of("an operator copies the HMAC jar into deploy/, edits the .cfg, overwrites and"
                + " deletes the jar, a consumer outside");
        // Shipped without it, as one that comes from elsewhere.
        Path jar = Files.move(distribution.resolve("bundles/" + HMAC + ".jar"), place.resolve("hmac.jar"));
        try (Child run = start()) {
            publish("crc32c");
            try (Onlooker onlooker = new Onlooker(hub.directory(), "telemetry", key, run)) {
                onlooker.awaitMore(NEIGHBOURS, "crc32c");

                drop(jar, "hmac.jar");
                giveTheKey();
                run.awaitError("hmac-sha256: key.id=");
                seal("hmac-sha256");
                onlooker.awaitMore(NEIGHBOURS, "hmac-sha256");

                for (String version : List.of("0.2.0", "0.3.0")) {
                    drop(inVersion(jar, version), "hmac.jar");
                    run.awaitError("Updating bundle " + HMAC);
                    run.awaitError("hmac-sha256: key.id=");
                    onlooker.awaitMore(NEIGHBOURS, "hmac-sha256");
                }
                assertTrue(
                        run.errors().stream().anyMatch(line -> line.endsWith("Updating bundle " + HMAC + " / 0.2.0")),
                        run::describe);

                delete("hmac.jar");
                run.awaitError("Uninstalling bundle ");
                run.awaitError("DH-7003 ");
                long sealed = onlooker.seen();
                run.awaitError("DH-7003 ");
                assertEquals(sealed, onlooker.seen(), "slots came although nobody could seal them");

                drop(jar, "hmac.jar");
                onlooker.awaitMore(NEIGHBOURS, "hmac-sha256");
                delete("hmac.jar");
                run.awaitError("DH-7003 ");
                seal("crc32c");
                onlooker.awaitMore(NEIGHBOURS, "crc32c");

                delete("instrument.jar");
                onlooker.awaitEnd();
                assertEquals(List.of("crc32c", "hmac-sha256", "crc32c"), onlooker.algorithms());
                evidence.row(
                        "2 versions of the jar, 2 times deleted, " + onlooker.seen()
                                + " slots, each seen once and verified",
                        "by " + String.join(", then ", onlooker.algorithms()));
            }
            end(run);
        }
    }

    @Test
    void aJarStandsForThatOfTheDistributionWhichComesBackWhenItIsDeleted() throws Exception {
        Path shipped = distribution.resolve("bundles/" + HMAC + ".jar");
        try (Child run = start()) {
            giveTheKey();
            run.awaitError("hmac-sha256: key.id=");
            publish("hmac-sha256");
            try (Onlooker onlooker = new Onlooker(hub.directory(), "telemetry", key, run)) {
                for (String version : List.of("0.2.0", "0.3.0")) {
                    drop(inVersion(shipped, version), "mine.jar");
                    String stands = run.awaitError("a dropped jar stands for a bundle of the distribution");
                    assertTrue(stands.contains("bundle=" + HMAC + ", version=" + version + ", "), stands);
                    onlooker.awaitMore(NEIGHBOURS, "hmac-sha256");
                }
                // Of the same version, which File Install alone would uninstall with its file.
                drop(shipped, "mine.jar");
                run.awaitError("a dropped jar stands for a bundle of the distribution");
                delete("mine.jar");
                run.awaitError("the distribution's bundle is back: bundle=" + HMAC);
                onlooker.awaitMore(NEIGHBOURS, "hmac-sha256");

                drop(withHeader(shipped, "Import-Package", "org.datahub.nowhere"), "bad.jar");
                run.awaitError("a dropped jar is refused, the distribution's bundle is back");
                onlooker.awaitMore(NEIGHBOURS, "hmac-sha256");
                delete("bad.jar");

                for (String name : List.of("org.datahub.config.files.jar", "pax-logging-api.jar")) {
                    drop(inVersion(distribution.resolve("bundles").resolve(name), "9.9.9"), name);
                    run.awaitError("a bundle that others are installed with is not replaced while it runs");
                    delete(name);
                }
                onlooker.awaitMore(NEIGHBOURS, "hmac-sha256");

                delete("instrument.jar");
                onlooker.awaitEnd();
                assertEquals(List.of("hmac-sha256"), onlooker.algorithms());
            }
            end(run);
        }
    }

    private Path inVersion(Path jar, String version) throws IOException {
        return withHeader(jar, VERSION, version);
    }

    /// The same bundle with another line in its manifest.
    private Path withHeader(Path jar, String header, String value) throws IOException {
        Path other = Files.createTempFile(place, "other-", ".jar");
        try (JarInputStream in = new JarInputStream(Files.newInputStream(jar))) {
            Manifest manifest = new Manifest(in.getManifest());
            manifest.getMainAttributes().putValue(header, value);
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(other), manifest)) {
                for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                    out.putNextEntry(new JarEntry(entry.getName()));
                    in.transferTo(out);
                }
            }
        }
        return other;
    }
}
