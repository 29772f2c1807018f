package org.datahub.distribution;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.HubOptions;

/// The configuration of providers for a command: it reads the files that the hub reads.
final class ProviderFiles {
    private static final List<String> PIDS =
            List.of("org.datahub.memory.shm", "org.datahub.memory.hugepages", "org.datahub.memory.file");

    private ProviderFiles() {}

    /// The options with what stands in the files.
    static HubOptions read(HubOptions options) {
        Path folder = HubLauncher.configuration();
        return folder == null ? options : read(options, folder);
    }

    static HubOptions read(HubOptions options, Path folder) {
        HubOptions all = options;
        for (String pid : PIDS) {
            Path file = folder.resolve(pid + ".cfg");
            if (Files.isReadable(file)) all = all.configuration(pid, words(file));
        }
        return all;
    }

    private static Map<String, String> words(Path file) {
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            lines.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new DataHubException(
                    ErrorCode.CONFIGURATION, "the file can't be read: path=" + file + ": " + e, "mend it", e);
        }
        return lines.stringPropertyNames().stream().collect(Collectors.toMap(key -> key, lines::getProperty));
    }
}
