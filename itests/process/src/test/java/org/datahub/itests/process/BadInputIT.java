package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.SyncPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the command line answers to what can't be done: an exit code, and three lines that say
/// what, with which values, and
/// what to do next. Nothing is left behind and nothing damaged.
class BadInputIT {
    @TempDir
    private Path files;

    private TestHub hub;
    private Cli cli;
    private String file;

    @BeforeEach
    void open() throws IOException {
        hub = new TestHub();
        cli = new Cli(hub.directory()).brief();
        file = Files.write(files.resolve("file"), new byte[100]).toString();
    }

    @AfterEach
    void close() throws IOException {
        hub.close();
    }

    /// The command ends with `exit`, and its last three lines are an error that begins with
    /// `first`.
    private static Cli.Ended refused(int exit, String first, Cli.Ended ended) {
        List<String> error = ended.error();
        String all = "exit=" + ended.exit() + ", stderr:\n" + String.join("\n", error);
        assertEquals(exit, ended.exit(), all);
        assertTrue(error.size() >= 3, all);
        List<String> three = error.subList(error.size() - 3, error.size());
        assertTrue(three.get(0).startsWith(first), all);
        assertTrue(three.get(1).startsWith("  ") && three.get(1).length() > 2, all);
        assertTrue(three.get(2).startsWith("  → "), all);
        assertTrue(ended.out().isEmpty(), all);
        return ended;
    }

    private static boolean says(Cli.Ended ended, String text) {
        return ended.error().stream().anyMatch(line -> line.contains(text));
    }

    @Test
    void anAbsentBlockIsWaitedForAndThenNotFound() throws Exception {
        hub.open().declare(BlockSpec.named("other").slotBytes(8).ring(3));
        long begin = System.nanoTime();
        Cli.Ended ended = refused(3, "DH-1003 ", cli.run("tap", "absent", "--wait", "1200ms"));
        assertTrue(System.nanoTime() - begin >= 1_200_000_000L);
        assertTrue(says(ended, "waiting for block 'absent'"), ended::toString);
        assertTrue(says(ended, "other"), ended::toString);
        refused(3, "DH-1003 ", cli.run("info", "absent"));
        refused(3, "DH-1003 ", cli.run("rm", "absent"));
        assertEquals(List.of("other"), hub.names());
    }

    @Test
    void namesThatAreNone() throws Exception {
        List<List<String>> commands = new ArrayList<>();
        for (String name : List.of("", "..", "n".repeat(256))) {
            commands.add(List.of("pub", name, "--from", file, "--slot-bytes", "8"));
        }
        commands.add(List.of("tap", "a/b"));
        commands.add(List.of("info", "two\nlines"));
        commands.add(List.of("rm", ".hidden"));
        allRefused(2, "DH-1002 ", commands);
        assertEquals(List.of(), hub.names());
    }

    @Test
    void valuesThatAreNone() throws Exception {
        List<List<String>> commands = new ArrayList<>();
        for (String bytes : List.of("0", "-1", "4GiB", "99999999999999999999")) {
            commands.add(List.of("pub", "block", "--from", file, "--slot-bytes", bytes));
        }
        for (String option : List.of(
                "--slots=0", "--slots=9223372036854775807", "--rate=0", "--policy=SOMETIMES", "--wait-consumers=-1")) {
            commands.add(List.of("pub", "block", "--from", file, "--slot-bytes", "8", option));
        }
        commands.add(List.of("pub", "big", "--from", file, "--slot-bytes", "2147483647", "--slots", "1099511627776"));
        commands.add(List.of("tap", "block", "--wait", "30"));
        allRefused(2, "DH-6001 ", commands);
        assertEquals(List.of(), hub.names());
    }

    @Test
    void commandsThatAreNone() throws Exception {
        allRefused(2, "DH-6001 ", List.of(List.of(), List.of("publish"), List.of("tap", "block", "--sometimes")));
    }

    /// The commands run side by side.
    private void allRefused(int exit, String first, List<List<String>> commands) throws Exception {
        List<Child> children = new ArrayList<>();
        try {
            for (List<String> command : commands) children.add(cli.start(command.toArray(String[]::new)));
            for (Child child : children) refused(exit, first, Cli.end(child));
        } finally {
            children.forEach(Child::close);
        }
    }

    @Test
    void aHubDirectoryThatCantBeTrusted() throws Exception {
        Path missing = files.resolve("missing");
        Path plain = Files.createFile(files.resolve("plain"));
        Path link = Files.createSymbolicLink(files.resolve("link"), hub.directory());
        Path open = Files.createDirectory(files.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<List<String>> commands = new ArrayList<>();
        for (Path directory : List.of(missing, plain, link, open)) {
            commands.add(List.of("pub", "a", "--from", file, "--slot-bytes", "8", "--hub", directory.toString()));
        }
        allRefused(6, "DH-1001 ", commands);
        refused(6, "DH-1001 ", new Cli(missing).brief().run("ls"));
        assertFalse(Files.exists(missing));
        assertEquals(List.of(), hub.names());
    }

    @Test
    void aHubDirectoryOfAnotherUser() throws Exception {
        Path foreign = Files.createDirectory(files.resolve("foreign"));
        Privilege.require("chown", "65534", foreign.toString());
        Privilege.require("chmod", "700", foreign.toString());
        refused(6, "DH-1001 ", new Cli(foreign).brief().run("ls"));
    }

    @Test
    void aSecondProducer() throws Exception {
        try (DataBlockProducer first =
                hub.open().create(BlockSpec.named("block").slotBytes(8).ring(4))) {
            Cli.Ended ended = refused(4, "DH-2001 ", cli.run("pub", "block", "--from", file));
            assertTrue(says(ended, "pid=" + ProcessHandle.current().pid()), ended::toString);
            first.write(tx -> tx.length(1));
        }
        assertEquals(1, hub.open().info("block").next());
    }

    @Test
    void anotherGeometry() throws Exception {
        hub.open().declare(BlockSpec.named("block").slotBytes(8).ring(4));
        for (List<String> other :
                List.of(List.of("--slot-bytes", "16"), List.of("--slots", "5"), List.of("--policy", "LATEST_ONLY"))) {
            Cli.Ended ended =
                    refused(4, "DH-1004 ", cli.run("pub", "block", "--from", file, other.get(0), other.get(1)));
            assertTrue(says(ended, "datahub rm block"), ended::toString);
        }
        assertEquals(0, cli.run("pub", "block", "--from", file).exit());
        assertEquals(13, hub.open().info("block").next());
    }

    @Test
    void aBlockInUseStays() throws Exception {
        try (DataBlockProducer producer =
                hub.open().create(BlockSpec.named("block").slotBytes(8).ring(4))) {
            refused(4, "DH-1010 ", cli.run("rm", "block"));
            producer.write(tx -> tx.length(1));
        }
        try (Child tap = cli.start("tap", "block", "--mode", "lossless", "--from", "oldest")) {
            tap.await("slot=0");
            tap.exitCleanly();
        }
        assertEquals(0, cli.run("rm", "block").exit());
        assertEquals(List.of(), hub.names());
    }

    @Test
    void aFileThatIsNotThere() throws Exception {
        refused(
                3,
                "datahub: no such file",
                cli.run("pub", "block", "--from", files.resolve("absent").toString(), "--slot-bytes", "8"));
        refused(2, "DH-6001 ", cli.run("pub", "block", "--from", files.toString(), "--slot-bytes", "8"));
        refused(2, "DH-6001 ", cli.run("pub", "block", "--from", file)); // a new block needs a size
        assertEquals(List.of(), hub.names());
    }

    @Test
    void aConsumerThatThePolicyDoesNotHave() throws Exception {
        hub.open().declare(BlockSpec.named("state").slotBytes(8).single().policy(SyncPolicy.LATEST_ONLY));
        refused(4, "DH-2004 ", cli.run("tap", "state", "--mode", "lossless"));
        hub.open().declare(BlockSpec.named("stream").slotBytes(8).ring(4).policy(SyncPolicy.SEQUENTIAL));
        refused(4, "DH-2004 ", cli.run("tap", "stream", "--mode", "latest"));
        try (Child first = cli.start("tap", "stream", "--raw")) {
            first.awaitError("datahub: no producer yet");
            Cli.Ended ended = refused(4, "DH-2002 ", cli.run("tap", "stream", "--raw"));
            assertTrue(says(ended, "pid=" + first.pid()), ended::toString);
        }
        refused(2, "DH-6001 ", cli.run("pub", "state", "--from", file, "--wait-consumers", "1"));
        refused(2, "DH-6001 ", cli.run("pub", "stream", "--from", file, "--wait-consumers", "2"));
    }

    /// What can happen to a file of a block, and the code that says so.
    private enum Damage {
        EMPTY("DH-1007") {
            @Override
            void to(Path path) throws Exception {
                Files.write(path, new byte[0]);
            }
        },
        TRUNCATED("DH-1007") {
            @Override
            void to(Path path) throws Exception {
                byte[] whole = Files.readAllBytes(path);
                Files.write(path, Arrays.copyOf(whole, whole.length / 2));
            }
        },
        FOREIGN("DH-1007") {
            @Override
            void to(Path path) throws Exception {
                Files.writeString(path, "x".repeat((int) Files.size(path)));
            }
        },
        OTHER_VERSION("DH-1008") {
            @Override
            void to(Path path) throws Exception {
                byte[] whole = Files.readAllBytes(path);
                whole[10] = 99; // the major half of layout_version
                Files.write(path, whole);
            }
        },
        GONE("DH-1007") {
            @Override
            void to(Path path) throws Exception {
                Files.delete(path);
            }
        },
        DIRECTORY("DH-1007") {
            @Override
            void to(Path path) throws Exception {
                Files.delete(path);
                Files.createDirectory(path);
            }
        },
        FIFO("DH-1007") {
            @Override
            void to(Path path) throws Exception {
                Files.delete(path);
                Privilege.require("mkfifo", path.toString());
            }
        };

        final String code;

        Damage(String code) {
            this.code = code;
        }

        abstract void to(Path path) throws Exception;
    }

    @Test
    void aStandardStreamThatIsClosedIsNoOtherFile() throws Exception {
        refused(
                1,
                "datahub: reading or writing failed",
                cli.redirected("<&-", "pub", "closed", "--from", "-", "--slot-bytes", "64"));
        assertEquals(0, hub.open().info("closed").next());
        for (String words : List.of("info closed", "--help")) {
            refused(1, "datahub: reading or writing failed", cli.redirected(">&-", words.split(" ")));
        }
        assertEquals(0, cli.redirected("2>&-", "info", "closed").exit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tap closed", "errors", "--version"})
    void aDeviceThatIsFull(String words) throws Exception {
        hub.open().declare(BlockSpec.named("closed").slotBytes(8).ring(4));
        try (DataBlockProducer out = hub.open().create(BlockSpec.named("closed"))) {
            out.write(tx -> {});
        }
        refused(1, "datahub: reading or writing failed", cli.redirected(">/dev/full", words.split(" ")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data.1", "control", "state"})
    void aFileOfABlockThatIsNotWhatItMustBe(String name) throws Exception {
        hub.open().declare(BlockSpec.named("good").slotBytes(8).ring(4));
        for (Damage damage : Damage.values()) {
            hub.open().declare(BlockSpec.named(damage.name()).slotBytes(8).ring(4));
            damage.to(hub.directory().resolve(damage.name()).resolve(name));
        }

        Cli.Ended listed = cli.run("ls");
        assertEquals(1, listed.exit());
        assertTrue(listed.out().stream().anyMatch(line -> line.startsWith("good ")), listed::toString);
        for (Damage damage : Damage.values()) {
            assertTrue(
                    listed.out().stream().anyMatch(line -> line.matches(damage + " +" + damage.code + " .*")),
                    listed::toString);
        }
        allRefused(
                1,
                "DH-1007 ",
                List.of(
                        List.of("info", "FIFO"),
                        List.of("tap", "TRUNCATED"),
                        List.of("pub", "EMPTY", "--from", file, "--slot-bytes", "8")));
        for (Damage damage : Damage.values()) hub.open().remove(damage.name());
        assertEquals(List.of("good"), hub.names());
    }
}
