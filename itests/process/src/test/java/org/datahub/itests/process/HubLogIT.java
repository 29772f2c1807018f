package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator finds in the log of a hub whose surroundings are wrong.
class HubLogIT {
    @TempDir
    private Path home;

    @Test
    void aHubWithoutNativeAccessSaysWhichFlagIsMissing() throws Exception {
        try (TestHub hub = new TestHub()) {
            Path lib = Cli.home().resolve("lib");
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--illegal-native-access=deny",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    lib.resolve("org.datahub.distribution.jar") + ":" + lib.resolve("org.apache.felix.framework.jar"),
                    "org.datahub.distribution.HubLauncher",
                    "--home",
                    home.toString(),
                    "--no-shell");
            try (Child run = Child.start("hub", new Cli(hub.directory()).environment(), null, command)) {
                String said = run.awaitError("DH-1011 ");
                assertTrue(said.contains("--enable-native-access=ALL-UNNAMED"), said);
                // The rest of the container stands, and ends when it is told to.
                run.awaitError("datahub: hub is up: ");
                run.signal("TERM");
                assertEquals(0, run.exit(), run::describe);
            }
            assertEquals(List.of(), hub.names());
        }
    }

    @Test
    void aFileThatCanNotBeUsedIsToldInOneLineAndServedWhenItIsMended() throws Exception {
        try (TestHub hub = new TestHub();
                Child run = new Cli(hub.directory()).start("run", "--home", home.toString(), "--no-shell")) {
            run.awaitError("datahub: hub is up: ");
            Path file = home.resolve("config/org.datahub.block~camera.cfg");
            Files.writeString(file, "slot.bytes = many\nslots = 16\n");
            String said = run.awaitError("DH-6001 ");
            assertTrue(said.contains("pid=org.datahub.block~camera") && said.contains("slot.bytes=many"), said);
            assertEquals(List.of(), hub.names());

            Files.writeString(file, "slot.bytes = 64\nslots = 16\n");
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .until(() -> hub.open().list().contains("camera"));
            assertEquals(16, hub.open().info("camera").slots());
            assertEquals(
                    1,
                    run.errors().stream()
                            .filter(line -> line.contains("DH-6001"))
                            .count(),
                    run::describe);
            endsWithoutATrace(run);
        }
    }

    @Test
    void aProviderThatIsToldWhatItDoesNotKnowSaysSoToTheBlockThatNeedsIt() throws Exception {
        try (TestHub hub = new TestHub();
                Child run = new Cli(hub.directory()).start("run", "--home", home.toString(), "--no-shell")) {
            run.awaitError("datahub: hub is up: ");
            Path config = home.resolve("config");
            Path key = Files.writeString(config.resolve("org.datahub.integrity.hmac.cfg"), "implementaton = jdk\n");
            String said = run.awaitError("DH-6001 ");
            assertTrue(said.contains("org.datahub.integrity.hmac has no such key: key=implementaton"), said);
            Files.delete(key);

            Path memory = config.resolve("org.datahub.memory.hugepages.cfg");
            Files.writeString(memory, "page = 2MiB\n");
            Files.writeString(
                    config.resolve("org.datahub.block~camera.cfg"),
                    "slot.bytes = 64\nslots = 16\nallocator.target = (allocator.name=hugepages)\n");
            said = run.awaitError("DH-6001 ");
            assertTrue(
                    said.contains("block camera") && said.contains("page=2MiB") && said.contains("no such key"), said);
            assertEquals(List.of(), hub.names());

            Files.writeString(memory, "pages = prefer\n");
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .until(() -> hub.open().list().contains("camera"));
            endsWithoutATrace(run);
        }
    }

    @Test
    void aFileThatIsNoTextIsToldInOneLineAndServedWhenItIsMended() throws Exception {
        try (TestHub hub = new TestHub();
                Child run = new Cli(hub.directory()).start("run", "--home", home.toString(), "--no-shell")) {
            run.awaitError("datahub: hub is up: ");
            Path latin = home.resolve("config/org.datahub.block~latin.cfg");
            Path escape = home.resolve("config/org.datahub.block~escape.cfg");
            Files.writeString(latin, "slot.bytes = 64\n# \u00fc\n", StandardCharsets.ISO_8859_1);
            run.awaitError("file=" + latin + ": ");
            Files.writeString(escape, "slot.bytes = 64\nzones = \\u12\n");
            run.awaitError("file=" + escape + ": ");
            Files.writeString(latin, "slot.bytes = 64\n");
            Files.writeString(escape, "slot.bytes = 64\n");
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .until(() -> hub.open().list().equals(List.of("escape", "latin")));
            endsWithoutATrace(run);
        }
    }

    private static void endsWithoutATrace(Child run) throws Exception {
        assertTrue(run.errors().stream().noneMatch(line -> line.startsWith("\tat ")), run::describe);
        run.signal("TERM");
        assertEquals(0, run.exit(), run::describe);
    }
}
