package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.datahub.api.BlockSpec;
import org.junit.jupiter.api.Test;

/// A process that has reached its limit of open files is told so by name, keeps nothing and leaves
/// nothing, and its handles go on.
class OpenFilesIT {
    private static final int LIMIT = 128;
    private static final int MOST_SPARE = 12;

    @Test
    void whatNeedsAFileIsRefusedByNameAndLeavesNothing() throws Exception {
        Privilege.require("prlimit", "--nofile=" + LIMIT + ":" + LIMIT, "true");
        try (TestHub hub = new TestHub()) {
            for (int spare = 0; spare <= MOST_SPARE; spare++) {
                hub.open()
                        .declare(BlockSpec.named("victim" + spare).slotBytes(8).slots(4));
            }
            List<String> command = new ArrayList<>(List.of("prlimit", "--nofile=" + LIMIT + ":" + LIMIT));
            command.addAll(Child.peerCommand(hub.directory(), "open-files", "most=" + MOST_SPARE));
            try (Child peer = Child.start("peer", Map.of(), null, command)) {
                peer.exitCleanly();
                assertEquals("ended", peer.lines().getLast(), peer::describe);
                assertTrue(peer.lines().stream().noneMatch(line -> line.startsWith("leaked")), peer::describe);
                assertRefusals(peer);
            }
            assertEquals(
                    List.of(),
                    hub.names().stream().filter(name -> name.startsWith(".")).toList());
            for (String name : hub.open().list()) hub.open().info(name);
            assertTrue(hub.open().list().containsAll(List.of("own", "new-1", "new" + MOST_SPARE)));
        }
    }

    private static void assertRefusals(Child peer) {
        TreeSet<String> refused = new TreeSet<>();
        TreeSet<String> done = new TreeSet<>();
        for (String line : peer.lines()) {
            String[] words = line.split(" ", 5);
            if (words[0].equals("done") && words[1].equals("" + MOST_SPARE)) done.add(words[2]);
            if (!words[0].equals("refused") || words[1].equals("-1")) continue;
            refused.add(words[2]);
            boolean directory = words[2].equals("open") && words[3].equals("DH-1001");
            assertTrue(directory || words[3].equals("DH-1012"), line);
            assertTrue(line.contains("open files at most " + LIMIT) && line.contains("EMFILE"), line);
            assertTrue(line.contains("; allow this process more open files (ulimit -n"), line);
        }
        TreeSet<String> all = new TreeSet<>(List.of("create", "attach", "list", "info", "remove", "open"));
        assertEquals(all, refused);
        assertEquals(all, done);
    }
}
