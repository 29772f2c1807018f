package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.datahub.api.testing.HugePagePool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blocks in huge pages, as an operator asks for them.
class HugePagesIT {
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

    @Test
    void aBlockLivesInHugePagesAndGivesThemBack() throws Exception {
        try (HugePagePool pool = HugePagePool.mount(HugePagePool.SMALL, 4)) {
            configure("mount = " + pool.path());
            long free = pool.count("free_hugepages");
            Path text = Files.writeString(home.resolve("text"), "seen by another process\n");
            end(0, "pub", "b", "--allocator", "hugepages", "--slot-bytes", "1MiB", "--slots", "3", "--from", "" + text);
            assertEquals(free - 3, pool.count("free_hugepages"), "4 cells of 1 MiB and some headers");
            Cli.Ended info = end(0, "info", "b");
            assertTrue(
                    info.out().stream()
                            .anyMatch(line -> line.contains("allocator=hugepages, bytes=6291456, page.bytes=2097152")),
                    info::toString);
            Cli.Ended tap = end(0, "tap", "b", "--from", "oldest", "--count", "1", "--raw");
            assertTrue(tap.out().contains("seen by another process"), tap::toString);
            end(0, "rm", "b");
            assertEquals(free, pool.count("free_hugepages"));
        }
    }

    @Test
    void tooFewPagesAreRefusedWithTheCommandForMore() throws Exception {
        try (HugePagePool pool = HugePagePool.mount(HugePagePool.SMALL, 1)) {
            configure("mount = " + pool.path());
            Cli.Ended refused = pub("64MiB", 1);
            String error = String.join("\n", refused.error());
            assertTrue(error.startsWith("DH-1020 "), error);
            assertTrue(error.contains("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"), error);
            assertEquals(0, hub.names().size());
        }
    }

    @Test
    void preferredPagesThatAreMissingAreTold() throws Exception {
        configure("mount = /nowhere\npages = prefer\npage.size = 2MiB");
        pub("4KiB", 0);
        Cli.Ended info = end(0, "info", "b");
        assertTrue(
                info.out().stream()
                        .anyMatch(line -> line.contains("allocator=hugepages") && line.contains("page.bytes=4096")),
                info::toString);
        assertTrue(info.out().stream().anyMatch(line -> line.contains("no huge pages: no hugetlbfs")), info::toString);
        Cli.Ended json = end(0, "info", "b", "--json");
        assertTrue(String.join("", json.out()).contains("\"memory_remark\":\"no huge pages: "), json::toString);
    }

    private Cli.Ended pub(String slotBytes, int exit) throws Exception {
        return end(
                exit,
                "pub",
                "b",
                "--allocator",
                "hugepages",
                "--slot-bytes",
                slotBytes,
                "--slots",
                "3",
                "--from",
                "/dev/null");
    }

    private void configure(String words) throws IOException {
        Path config = Files.createDirectories(home.resolve("config"));
        Files.writeString(config.resolve("org.datahub.memory.hugepages.cfg"), words + "\n");
    }

    private Cli.Ended end(int exit, String... words) throws Exception {
        Map<String, String> environment =
                new java.util.HashMap<>(new Cli(hub.directory()).brief().environment());
        environment.put("DATAHUB_HOME", home.toString());
        try (Child child = Child.start("datahub " + words[0], environment, null, Cli.command(words))) {
            child.input().close();
            Cli.Ended ended = Cli.end(child);
            assertEquals(exit, ended.exit(), ended::toString);
            return ended;
        }
    }
}
