package org.datahub.itests.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import org.datahub.api.DataHub;
import org.datahub.api.HubOptions;

/// A hub directory of one test, below /dev/shm; it goes with the test, whatever is left in it.
final class TestHub implements AutoCloseable {
    private final Path directory;
    private final DataHub hub;

    TestHub() throws IOException {
        directory = Files.createTempDirectory(
                Path.of("/dev/shm"),
                "datahub-test-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        hub = DataHub.open(HubOptions.defaults().directory(directory).label("test"));
    }

    Path directory() {
        return directory;
    }

    /// The test's own door to it.
    DataHub open() {
        return hub;
    }

    /// Everything in it, hidden names too.
    List<String> names() throws IOException {
        try (var paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void close() throws IOException {
        hub.close();
        delete(directory);
    }

    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) return;
        try (var paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        }
    }
}
