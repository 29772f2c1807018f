package org.datahub.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// How a hub is opened without a container.
///
/// @param directory the hub directory; null for `$DATAHUB_DIR`, or `/dev/shm/datahub-<uid>` where
/// that is not set
/// @param label what people see as the participant's name
/// @param timeouts how long calls wait that do not say it themselves
/// @param beat how often participants of this process show that they are alive
/// @param configuration of the providers: by PID, the words of its `.cfg` by key
public record HubOptions(
        Path directory,
        String label,
        Timeouts timeouts,
        Duration beat,
        Map<String, Map<String, String>> configuration) {
    /// Checks that nothing is missing.
    public HubOptions {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(timeouts, "timeouts");
        configuration = Map.copyOf(configuration);
        if (beat.compareTo(Duration.ofMillis(1)) < 0)
            throw new IllegalArgumentException("beat too short: beat=" + beat);
    }

    /// Without configuration of providers.
    public HubOptions(Path directory, String label, Timeouts timeouts, Duration beat) {
        this(directory, label, timeouts, beat, Map.of());
    }

    /// The defaults: the caller's hub directory, a beat each 100 ms.
    public static HubOptions defaults() {
        return new HubOptions(null, "java", Timeouts.defaults(), Duration.ofMillis(100));
    }

    /// In this hub directory.
    public HubOptions directory(Path path) {
        return new HubOptions(Objects.requireNonNull(path), label, timeouts, beat, configuration);
    }

    /// With this label.
    public HubOptions label(String text) {
        return new HubOptions(directory, text, timeouts, beat, configuration);
    }

    /// With these times.
    public HubOptions timeouts(Timeouts times) {
        return new HubOptions(directory, label, times, beat, configuration);
    }

    /// With a provider configured by the words of its `.cfg`, as in
    /// `configuration("org.datahub.memory.hugepages", Map.of("pages", "prefer"))`.
    public HubOptions configuration(String pid, Map<String, String> words) {
        Map<String, Map<String, String>> more = new HashMap<>(configuration);
        more.put(pid, Map.copyOf(words));
        return new HubOptions(directory, label, timeouts, beat, more);
    }
}
