package org.datahub.distribution;

import java.time.Duration;
import picocli.CommandLine.Option;

/// How long a command waits that asks a block's producer for something.
final class AnswerTimeout {
    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = Durations.class,
            description = "How long to wait for the producer's answer (default: ${DEFAULT-VALUE}).")
    private Duration time;

    Duration time() {
        return time;
    }
}
