package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.datahub.api.BlockSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Other users, and other umasks. The users are numbers that need no account; the command line is a
/// copy that everybody may read.
class UsersIT {
    private static final int OWNER = 54001;
    private static final int PEER = 54002;
    private static final int STRANGER = 54003;
    private static final int GROUP = 54100;
    private static final int OTHER_GROUP = 54200;
    private static final int PERMISSION = 6;

    private TestHub hub;
    private Path program;
    private byte[] bytes;

    @BeforeEach
    void open() throws Exception {
        hub = new TestHub();
        program = Files.createTempDirectory("datahub-program-");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Cli.copy(program);
        bytes = new byte[1000];
        new SplittableRandom(1).nextBytes(bytes);
    }

    @AfterEach
    void close() throws IOException {
        TestHub.delete(program);
        hub.close();
    }

    private void share() throws IOException {
        Files.setAttribute(hub.directory(), "unix:gid", GROUP);
        Files.setAttribute(hub.directory(), "unix:mode", 03770);
    }

    private static List<String> as(int user, int group) {
        return List.of("setpriv", "--reuid", "" + user, "--regid", "" + group, "--clear-groups");
    }

    private static void requireUsers() throws Exception {
        List<String> trial = new ArrayList<>(as(OWNER, GROUP));
        trial.addAll(List.of("test", "-x", System.getProperty("java.home") + "/bin/java"));
        Privilege.require(trial.toArray(String[]::new));
    }

    private Child start(List<String> prefix, OutputStream sink, String... words) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(program.resolve("bin/datahub").toString());
        command.addAll(List.of(words));
        Map<String, String> environment =
                new HashMap<>(new Cli(hub.directory()).brief().environment());
        environment.put("HOME", "/nonexistent");
        return Child.start("datahub " + String.join(" ", words), environment, sink, command);
    }

    private Cli.Ended run(List<String> prefix, byte[] input, String... words) throws Exception {
        try (Child child = start(prefix, null, words)) {
            child.input().write(input);
            child.input().close();
            return Cli.end(child);
        }
    }

    private Cli.Ended publish(List<String> prefix, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("pub", "block", "--from", "-", "--slot-bytes", "8"));
        words.addAll(List.of(more));
        return run(prefix, bytes, words.toArray(String[]::new));
    }

    private static void assertRefused(String code, Cli.Ended ended, String... parts) {
        assertEquals(PERMISSION, ended.exit(), ended::toString);
        String all = String.join("\n", ended.error());
        assertTrue(ended.error().stream().anyMatch(line -> line.startsWith(code + " ")), all);
        for (String part : parts) assertTrue(all.contains(part), () -> part + " is not in: " + all);
    }

    private String mode(String path) throws IOException {
        Path file = hub.directory().resolve("block").resolve(path);
        return Integer.toOctalString((Integer) Files.getAttribute(file, "unix:mode") & 07777);
    }

    private void assertModes() throws IOException {
        assertEquals(
                List.of("2750", "640", "640", "660", "660"),
                List.of(mode("."), mode("state"), mode("data.1"), mode("control"), mode("lock")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0777", "0", "0027"})
    void modesDoNotDependOnTheUmask(String umask) throws Exception {
        List<String> prefix = List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh");
        Cli.Ended ended = publish(prefix, "--slots", "200");
        assertEquals(0, ended.exit(), ended::toString);
        assertModes();
        Cli.Ended tap = run(prefix, new byte[0], "tap", "block");
        assertEquals(bytes.length / 8, tap.out().size(), tap::toString);
    }

    @Test
    void aHubOfAnotherUserIsRefusedByName() throws Exception {
        requireUsers();
        hub.open().declare(BlockSpec.named("block").slotBytes(8).ring(4));
        // Another user's directory that he may not enter, and one that he may: neither is his.
        assertRefused(
                "DH-1001",
                run(as(PEER, GROUP), new byte[0], "ls"),
                hub.directory().toString(),
                "no permission");
        Files.setAttribute(hub.directory(), "unix:mode", 0755);
        assertRefused("DH-1001", run(as(PEER, GROUP), new byte[0], "ls"), "owner=0, caller=" + PEER);
        // Root may enter every directory, and still does not take it for its own.
        Files.setAttribute(hub.directory(), "unix:uid", OWNER);
        assertRefused("DH-1001", run(List.of(), new byte[0], "ls"), "owner=" + OWNER + ", caller=0");
        Files.setAttribute(hub.directory(), "unix:uid", 0);
    }

    @Test
    void aSharedHubLetsTheGroupReadAndNobodyElseProduce() throws Exception {
        requireUsers();
        share();
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        Cli.Ended made = publish(as(OWNER, GROUP), "--slots", "200");
        assertEquals(0, made.exit(), made::toString);
        assertModes();
        Path block = hub.directory().resolve("block");
        for (String name : List.of(".", "state", "data.1", "control", "lock")) {
            assertEquals(OWNER, Files.getAttribute(block.resolve(name), "unix:uid"), name);
            assertEquals(GROUP, Files.getAttribute(block.resolve(name), "unix:gid"), name);
        }

        // A lossless consumer of the group writes its row and takes its lock byte.
        try (Child tap = start(as(PEER, GROUP), copy, "tap", "block", "--raw")) {
            tap.exitCleanly();
        }
        assertArrayEquals(bytes, copy.toByteArray());

        for (int user : List.of(PEER, 0)) {
            List<String> prefix = user == 0 ? List.of() : as(user, GROUP);
            assertRefused("DH-1009", publish(prefix), "name=block", "owner=" + OWNER + ", caller=" + user);
            assertRefused("DH-1009", run(prefix, new byte[0], "rm", "block"), "owner=" + OWNER + ", caller=" + user);
        }
        assertRefused("DH-1001", run(as(STRANGER, OTHER_GROUP), new byte[0], "ls"), "no permission");

        // The directory is sticky: who may write it may still not take another's block away.
        List<String> move = new ArrayList<>(as(PEER, GROUP));
        move.addAll(
                List.of("mv", block.toString(), hub.directory().resolve("mine").toString()));
        try (Child mv = Child.start("mv", Map.of(), null, move)) {
            assertEquals(1, mv.exit(), mv::describe);
        }
        assertEquals(List.of("block"), hub.names());

        Cli.Ended again = publish(as(OWNER, GROUP));
        assertEquals(0, again.exit(), again::toString);
        assertEquals(0, run(as(OWNER, GROUP), new byte[0], "rm", "block").exit());
        assertEquals(List.of(), hub.names());
    }

    @Test
    void aBlockThatTheGroupMayNotReadIsRefusedByName() throws Exception {
        requireUsers();
        share();
        assertEquals(0, publish(as(OWNER, GROUP)).exit());
        Files.setAttribute(hub.directory().resolve("block/state"), "unix:mode", 0600);
        assertRefused("DH-1017", run(as(PEER, GROUP), new byte[0], "tap", "block", "--wait", "0"), "block=block");
        Files.setAttribute(hub.directory().resolve("block"), "unix:mode", 0700);
        assertRefused("DH-1017", run(as(PEER, GROUP), new byte[0], "tap", "block", "--wait", "0"), "block=block");
    }

    @Test
    void aDefaultHubOfAnotherUserIsNotUsed() throws Exception {
        requireUsers();
        Path squatted = Path.of("/dev/shm/datahub-" + STRANGER);
        if (Files.exists(squatted)) Privilege.missing("user " + STRANGER + " has a hub: " + squatted);
        Files.createDirectory(squatted);
        try {
            Files.setAttribute(squatted, "unix:uid", PEER);
            for (int mode : List.of(0700, 0755, 03770, 0777)) {
                Files.setAttribute(squatted, "unix:mode", mode);
                List<String> prefix = new ArrayList<>(as(STRANGER, GROUP));
                prefix.addAll(List.of("env", "-u", "DATAHUB_DIR"));
                assertRefused("DH-1001", run(prefix, new byte[0], "ls"), squatted.toString());
            }
        } finally {
            Files.delete(squatted);
        }
    }
}
