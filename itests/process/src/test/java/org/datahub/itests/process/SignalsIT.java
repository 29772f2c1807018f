package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.datahub.api.ProducerState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `datahub run` as a process: its pid is the hub's, and signals end it.
class SignalsIT {
    @TempDir
    private Path home;

    @ParameterizedTest
    @CsvSource({"TERM, 0", "INT, 130"})
    void theHubEndsWithTheSignal(String signal, int exit) throws Exception {
        try (TestHub hub = new TestHub()) {
            try (Child run = new Cli(hub.directory()).start("run", "--home", home.toString(), "--no-shell")) {
                String up = run.awaitError("datahub: hub is up: ");
                assertTrue(up.contains("pid=" + run.pid()), up);
                run.signal(signal);
                assertEquals(exit, run.exit(), run::describe);
            }
        }
    }

    @Test
    void aBlockByConfigurationOutlivesTheHub() throws Exception {
        try (TestHub hub = new TestHub()) {
            try (Child run = new Cli(hub.directory()).start("run", "--home", home.toString(), "--no-shell")) {
                run.awaitError("datahub: hub is up: ");
                Files.writeString(home.resolve("config/org.datahub.block~camera.cfg"), "slot.bytes = 64\nslots = 16\n");
                Awaitility.await()
                        .atMost(Child.PATIENCE)
                        .until(() -> hub.open().list().contains("camera"));
                run.signal("TERM");
                assertEquals(0, run.exit(), run::describe);
            }
            assertEquals(16, hub.open().info("camera").slots());
            assertEquals(ProducerState.NONE, hub.open().info("camera").producerState());
        }
    }
}
