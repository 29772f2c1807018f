package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A block that does not fit is an error before anything is reserved: no SIGBUS, no SIGKILL,
/// nothing left.
class MemoryLimitIT {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final long LIMIT = 512L << 20;

    private TestHub hub;
    private Cli cli;

    @BeforeEach
    void open() throws IOException {
        hub = new TestHub();
        cli = new Cli(hub.directory()).brief();
    }

    @AfterEach
    void close() throws IOException {
        hub.close();
    }

    @Test
    void aFullFileSystem() throws Exception {
        Privilege.require("unshare", "--mount", "true");
        // The mount is seen by the shell and its children only, and goes with them.
        String script = "mount -t tmpfs -o size=8m,mode=700 tmpfs \"$DATAHUB_DIR\" && \"$@\"; code=$?;"
                + " ls -A \"$DATAHUB_DIR\"; exit $code";
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", script, "sh"));
        command.addAll(pub("16MiB"));
        try (Child pub = Child.start("pub", cli.environment(), null, command)) {
            Cli.Ended ended = Cli.end(pub);
            assertEquals(1, ended.exit(), ended::toString);
            assertTrue(ended.error().stream().anyMatch(line -> line.startsWith("DH-1005 ")), ended::toString);
            assertEquals(List.of(), ended.out(), "left behind");
        }
    }

    @Test
    void aMemoryLimit() throws Exception {
        Path group = group();
        try {
            List<String> command = new ArrayList<>(
                    List.of("sh", "-c", "echo $$ > " + group.resolve("cgroup.procs") + " && exec \"$@\"", "sh"));
            command.addAll(pub("1GiB"));
            try (Child pub = Child.start("pub", cli.environment(), null, command)) {
                Cli.Ended ended = Cli.end(pub);
                assertEquals(1, ended.exit(), ended::toString);
                assertTrue(ended.error().stream().anyMatch(line -> line.startsWith("DH-1006 ")), ended::toString);
                assertEquals(List.of(), hub.names());
            }
        } finally {
            Files.delete(group);
        }
    }

    private static List<String> pub(String slotBytes) {
        return Cli.command("pub", "large", "--from", "/dev/null", "--slot-bytes", slotBytes, "--slots", "3");
    }

    /// A new control group with a memory limit, of the version that this machine has.
    private static Path group() throws Exception {
        boolean two = Files.exists(GROUPS.resolve("cgroup.controllers"));
        Path group = (two ? GROUPS : GROUPS.resolve("memory"))
                .resolve("datahub-test-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(group);
            Files.writeString(group.resolve(two ? "memory.max" : "memory.limit_in_bytes"), Long.toString(LIMIT));
        } catch (IOException e) {
            Files.deleteIfExists(group);
            Privilege.missing("a control group with a memory limit: " + e);
        }
        return group;
    }
}
