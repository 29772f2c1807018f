package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.datahub.api.layout.StateLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A block on a disk, and a machine that is restarted as far as a test can do that: everything is
/// killed, the hub directory is gone, and `state` bears the id of another boot.
class FileMemoryIT {
    @TempDir
    private Path home;

    private Path blocks;
    private TestHub hub;

    @BeforeEach
    void open() throws IOException {
        hub = new TestHub();
        blocks = Files.createDirectory(home.resolve("blocks"));
        Path config = Files.createDirectory(home.resolve("config"));
        Files.writeString(config.resolve("org.datahub.memory.file.cfg"), "directory = " + blocks + "\n");
    }

    @AfterEach
    void close() throws IOException {
        hub.close();
    }

    @Test
    void numbersGoOnAfterARestartAndWhatWasSpoiltIsAGap() throws Exception {
        try (Child out =
                start("pub", "b", "--allocator", "file", "--slot-bytes", "64", "--slots", "8", "--from", "-")) {
            for (int line = 0; line < 6; line++) out.send(padded(line)); // a slot each
            end(0, "tap", "b", "--from", "oldest", "--count", "6", "--wait", "20s");
            out.kill();
            out.exit();
        }
        restart();
        spoil("line 3");
        Path more = Files.writeString(home.resolve("more"), "after\n");
        end(0, "pub", "b", "--allocator", "file", "--slot-bytes", "64", "--slots", "8", "--from", more.toString());
        Cli.Ended info = end(0, "info", "b");
        assertTrue(info.out().stream().anyMatch(line -> line.contains("next=7")), info::toString);
        assertTrue(
                info.out().stream().anyMatch(line -> line.contains(blocks + "/b, kept over a restart")),
                info::toString);
        Cli.Ended tap = end(0, "tap", "b", "--from", "oldest", "--raw");
        assertEquals(List.of(padded(0), padded(1), padded(2), padded(4), padded(5), "after"), tap.out());
        assertTrue(tap.error().stream().anyMatch(line -> line.contains("3") && line.contains("missed")), tap::toString);
        end(0, "rm", "b");
        assertFalse(Files.exists(blocks.resolve("b")));
    }

    private static String padded(int line) {
        return "line " + line + ".".repeat(57);
    }

    private void restart() throws IOException {
        TestHub.delete(hub.directory());
        hub.close();
        hub = new TestHub();
        try (RandomAccessFile state =
                new RandomAccessFile(blocks.resolve("b/state").toFile(), "rw")) {
            state.seek(StateLayout.BOOT_ID_HIGH);
            state.write(new byte[16]);
        }
    }

    private void spoil(String text) throws IOException {
        Path data = blocks.resolve("b/data.1");
        String all = Files.readString(data, StandardCharsets.ISO_8859_1);
        try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
            file.seek(all.indexOf(text));
            file.write('L');
        }
    }

    private Child start(String... words) throws IOException {
        Map<String, String> environment =
                new HashMap<>(new Cli(hub.directory()).brief().environment());
        environment.put("DATAHUB_HOME", home.toString());
        return Child.start("datahub " + words[0], environment, null, Cli.command(words));
    }

    private Cli.Ended end(int exit, String... words) throws Exception {
        try (Child child = start(words)) {
            child.input().close();
            Cli.Ended ended = Cli.end(child);
            assertEquals(exit, ended.exit(), ended::toString);
            return ended;
        }
    }
}
