package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.HubOptions;
import org.datahub.api.Next;
import org.datahub.api.keys.KeyRing;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys as an operator makes, gives and changes them.
class KeysIT {
    /// With its line feed as many bytes as a slot has.
    private static final String RECORD = "r".repeat(63);

    private static final int LEAST_SECRET_BYTES = 32;

    @TempDir
    private Path home;

    private TestHub hub;

    @BeforeEach
    void open() throws IOException {
        hub = new TestHub();
    }

    @AfterEach
    void close() throws IOException {
        hub.close();
    }

    private Cli.Ended end(int exit, String... words) throws Exception {
        Cli.Ended ended = new Cli(hub.directory()).brief().run(words);
        assertEquals(exit, ended.exit(), ended::toString);
        return ended;
    }

    private Path key(String name) throws Exception {
        Path file = home.resolve(name);
        end(0, "key", "new", file.toString());
        return file;
    }

    private static void assertSays(List<String> lines, String... parts) {
        String text = String.join("\n", lines);
        for (String part : parts) assertTrue(text.contains(part), part + " is not in: " + text);
    }

    @Test
    void aNewKeyIsItsOwnersAloneIsNeverShownAndNeverWrittenOver() throws Exception {
        Path file = home.resolve("camera.key");
        Cli.Ended made = end(0, "key", "new", file.toString());
        String secret = Files.readString(file).strip();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(LEAST_SECRET_BYTES, HexFormat.of().parseHex(secret).length);
        assertSays(made.out(), "key.id=" + id(file));
        assertEquals(made.out(), end(0, "key", "show-id", file.toString()).out());
        assertFalse(made.toString().contains(secret));

        assertSays(end(8, "key", "new", file.toString()).error(), "DH-7005", "path=" + file);
        assertEquals(secret, Files.readString(file).strip());
        end(2, "key");
    }

    private static String id(Path file) {
        return KeyRing.hex(KeyRing.of(Map.of(KeyRing.FILE, file.toString())).newest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hmac-sha256", "blake2b-256"})
    void whoHoldsTheKeyReadsAndNobodyElse(String algorithm) throws Exception {
        Path key = key("key");
        Path other = key("other");
        Path text = Files.writeString(home.resolve("text"), "sealed\n");
        end(8, "pub", "b", "--integrity", algorithm, "--slot-bytes", "64", "--from", text.toString());
        end(0, "pub", "b", "--integrity", algorithm, "--key-file", key.toString(), "--from", text.toString());
        assertEquals(List.of("sealed"), tap(0, "--key-file", key.toString()).out());
        assertEquals(List.of("sealed"), tap(0, "--key-file", other + "," + key).out(), "while a key is changed");
        assertSays(tap(8, "--key-file", other.toString()).error(), "DH-7004", "key.id=");
        assertSays(tap(8).error(), "DH-7004", "key.file=");
        assertSays(tap(8, "--accept", "crc32c", "--key-file", key.toString()).error(), "DH-7002");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertSays(tap(8, "--key-file", key.toString()).error(), "DH-7005", "path=" + key, "mode=644", "chmod 600");
    }

    private Cli.Ended tap(int exit, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("tap", "b", "--raw", "--from", "OLDEST"));
        all.addAll(List.of(words));
        return end(exit, all.toArray(String[]::new));
    }

    @Test
    void anOperatorHasAnotherProcessGoOnWithANewKey() throws Exception {
        Path key = key("key");
        Cli cli = new Cli(hub.directory());
        HubOptions reading = HubOptions.defaults()
                .directory(hub.directory())
                .configuration("org.datahub.integrity.hmac", Map.of("key.file", key.toString()));
        String[] publish = {"pub", "b", "--from", "-", "--slot-bytes", "64", "--slots", "65536"};
        String[] sealed = {"--integrity", "hmac-sha256", "--key-file", key.toString()};
        try (Child pub =
                        cli.start(Stream.of(publish, sealed).flatMap(Stream::of).toArray(String[]::new));
                DataHub other = DataHub.open(reading);
                DataBlockConsumer in = other.attach("b", ConsumerSpec.lossless().attachTimeout(Child.PATIENCE))) {
            for (int slot = 0; slot < 100; slot++) assertEquals(1, pass(pub, in));
            try (Child rotate = cli.start("key", "rotate", "b")) {
                int epoch = 1; // as long as it takes, records flow
                while (epoch == 1 && rotate.alive()) epoch = pass(pub, in);
                assertEquals(0, rotate.exit(), rotate::describe);
                assertEquals(List.of("b: key.epoch=2"), rotate.lines());
            }
            for (int slot = 0; slot < 100; slot++) assertEquals(2, pass(pub, in));
            for (int epoch = 3; epoch <= StateLayout.KEY_EPOCHS; epoch++) {
                CompletableFuture<Long> asked =
                        CompletableFuture.supplyAsync(() -> other.admin("b").rotateKey(Child.PATIENCE));
                while (!asked.isDone()) pass(pub, in); // a producer that waits for its input is inside a write
                assertEquals(epoch, asked.join());
                assertEquals(epoch, pass(pub, in));
            }
            assertSays(refused(8, "b", () -> pass(pub, in)), "DH-7006", "again.at.slot=");
            pub.stop();
            assertSays(end(5, "key", "rotate", "b", "--timeout", "50ms").error(), "DH-2011");
            pub.kill();
            assertSays(end(8, "key", "rotate", "b").error(), "DH-7004", "nobody produces", "--key-file FILE");
            Path wrong = key("wrong");
            assertSays(
                    end(8, "key", "rotate", "b", "--key-file", wrong.toString()).error(), "DH-7004", "key.epoch=8");
            assertSays(
                    end(8, "key", "rotate", "b", "--key-file", key.toString()).error(), "DH-7006");
            assertEquals(0, in.missed());
        }
        try (Child pub = cli.start("pub", "plain", "--from", "-", "--slot-bytes", "64")) {
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .until(() -> hub.open().list().contains("plain"));
            assertSays(refused(4, "plain", () -> pub.send(RECORD)), "DH-2013", "has no keys");
            pub.input().close();
            assertEquals(0, pub.exit(), pub::describe);
        }
        end(3, "key", "rotate", "nothing");
    }

    /// What the command says that asks in vain for a new key, while a record comes each millisecond: a
    /// producer that waits for its input is inside a write.
    private List<String> refused(int exit, String block, Runnable record) throws Exception {
        try (Child rotate = new Cli(hub.directory()).start("key", "rotate", block)) {
            while (rotate.alive()) {
                record.run();
                LockSupport.parkNanos(1_000_000);
            }
            assertEquals(exit, rotate.exit(), rotate::describe);
            return List.of(rotate.describe());
        }
    }

    /// Sends a record through the stream, verified; the low bits of its key epoch.
    private static int pass(Child pub, DataBlockConsumer in) {
        pub.send(RECORD);
        assertEquals(Next.SLOT, in.next(Child.PATIENCE));
        int epoch = SlotHeader.keyEpoch(SlotHeader.description(in.segment(), in.offset() - SlotHeader.BYTES));
        assertTrue(in.release());
        return epoch;
    }

    /// A known secret goes every way that there is, is changed, and errors are provoked. Then nothing
    /// that was printed, logged, stored or shown by the kernel has it in any form.
    @Test
    void theSecretIsNowhereButInItsFile() throws Exception {
        Path first = key("first.key");
        Path second = key("second.key");
        Path text = Files.writeString(home.resolve("text"), "sealed\n");
        Path container = home.resolve("hub");
        configureWithDebugging(container.resolve("config"));
        Cli cli = new Cli(hub.directory());
        List<String> seen = new ArrayList<>();
        try (Child run = cli.start("run", "--home", container.toString(), "--no-shell")) {
            run.awaitError("datahub: hub is up: ");
            Path config = container.resolve("config/org.datahub.integrity.hmac.cfg");
            String target = "slot.bytes = 64\nintegrity.target = (integrity.name=hmac-sha256)\n";
            Files.writeString(container.resolve("config/org.datahub.block~camera.cfg"), target);
            Files.writeString(config, "key.file = " + first + "\n");
            run.awaitError("hmac-sha256: key.id=" + id(first));
            Files.writeString(config, "key.file = " + second + "\nkey.previous = " + first + "\n");
            run.awaitError("hmac-sha256: key.id=" + id(second));
            // What is wrong in every way: open, too short, in the wrong place, gone.
            Path open = Files.writeString(home.resolve("open.key"), Files.readString(first));
            refused(run, config, "key.file = " + open, "mode=");
            refused(run, config, "key.file = " + first + ".gone", "can't be read");
            refused(run, config, "key.file = relative", "no absolute path");
            refused(run, config, "key.file = $[secret:first.key]", "DH-7005");
            Files.delete(open);

            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .until(() -> hub.open().list().contains("camera"));
            String keys = second + "," + first;
            try (Child pub = cli.start(
                            "pub",
                            "b",
                            "--integrity",
                            "hmac-sha256",
                            "--key-file",
                            keys,
                            "--from",
                            "-",
                            "--slot-bytes",
                            "64");
                    Child tap = cli.start("tap", "b", "--mode", "lossless", "--key-file", keys, "--wait", "30s")) {
                pub.send("sealed");
                for (Child child : List.of(run, pub, tap)) seen.add(processes(child));
                pub.input().close();
                assertEquals(0, pub.exit(), pub::describe);
                assertEquals(0, tap.exit(), tap::describe);
                for (Child child : List.of(pub, tap)) seen.add(child.lines() + "\n" + child.errors());
            }
            end(
                    0,
                    "pub",
                    "c",
                    "--integrity",
                    "blake2b-256",
                    "--key-file",
                    "" + first,
                    "--slot-bytes",
                    "64",
                    "--from",
                    "" + text);
            seen.add(
                    end(8, "-v", "tap", "c", "--raw", "--key-file", "" + second).toString());
            seen.add(end(0, "info", "b", "--json").toString());
            run.signal("TERM");
            assertEquals(0, run.exit(), run::describe);
            seen.add(run.lines() + "\n" + run.errors());
        }
        for (Path tree : List.of(container, hub.directory())) seen.addAll(files(tree));
        assertTrue(seen.stream().anyMatch(each -> each.contains(id(second))), "the ids are found where they stand");
        for (Path file : List.of(first, second)) {
            for (String form : forms(file)) {
                for (String each : seen) assertFalse(each.contains(form), () -> "the secret is in: " + each);
            }
        }
    }

    /// The shipped configuration, with a log of everything.
    private static void configureWithDebugging(Path config) throws IOException {
        Files.createDirectories(config);
        try (var shipped = Files.list(Cli.home().resolve("config"))) {
            for (Path file : shipped.toList()) Files.copy(file, config.resolve(file.getFileName()));
        }
        Path log = config.resolve("logback.xml");
        Files.writeString(log, Files.readString(log).replace("INFO", "TRACE").replace("WARN", "DEBUG"));
    }

    private static void refused(Child run, Path config, String words, String says) throws IOException {
        Files.writeString(config, words + "\n");
        String said = run.awaitError("the changed configuration is refused");
        assertTrue(said.contains(says), said);
    }

    /// Command line and environment of a process and those that it started.
    private static String processes(Child child) throws IOException {
        StringBuilder text = new StringBuilder();
        List<ProcessHandle> all = new ArrayList<>(
                ProcessHandle.of(child.pid()).orElseThrow().descendants().toList());
        all.add(ProcessHandle.of(child.pid()).orElseThrow());
        for (ProcessHandle each : all) {
            for (String file : List.of("cmdline", "environ")) text.append(shown(each, file));
        }
        assertTrue(text.toString().contains("DATAHUB_DIR"), text.toString());
        return text.toString();
    }

    /// What the kernel shows of it; nothing where it has ended meanwhile, as helpers of a start do.
    private static String shown(ProcessHandle process, String file) throws IOException {
        try {
            Path path = Path.of("/proc", String.valueOf(process.pid()), file);
            return new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
        } catch (FileSystemException e) {
            if (process.isAlive() && !"No such process".equals(e.getReason()))
                throw e; // one that ends is still a child
            return "";
        }
    }

    private static List<String> files(Path tree) throws IOException {
        List<String> contents = new ArrayList<>();
        try (var paths = Files.walk(tree)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                contents.add(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    private static TreeSet<String> forms(Path file) throws IOException {
        String hex = Files.readString(file).strip();
        byte[] raw = HexFormat.of().parseHex(hex);
        return new TreeSet<>(List.of(
                hex,
                hex.toUpperCase(),
                hex.substring(0, hex.length() / 2),
                Base64.getEncoder().withoutPadding().encodeToString(raw),
                Base64.getUrlEncoder().withoutPadding().encodeToString(raw),
                new String(raw, StandardCharsets.ISO_8859_1)));
    }
}
