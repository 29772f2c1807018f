package org.datahub.distribution;

import java.util.concurrent.Callable;
import org.datahub.distribution.demo.Demo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Shows that it works.
@Command(
        name = "demo",
        description = {
            "Shows live data flow between processes, and that killing one harms no other.",
            "A hub in Felix with two instruments, this machine's telemetry (1 kHz) and 4 MiB frames (60 Hz), a lossless",
            "and an observing consumer, each a process of its own. Half-way it kills a second lossless consumer.",
            "Exit status 0 only if every slot arrived once and intact. Leaves nothing behind."
        })
final class DemoCommand implements Callable<Integer> {
    private static final int LEAST = 4;
    private static final int MOST = 86_400;

    @ParentCommand
    private Main datahub;

    @Spec
    private CommandSpec spec;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "20", description = "How long (default: 20).")
    private int seconds;

    @Option(names = "--json", description = "One JSON object a line; the last one is the summary.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (seconds < LEAST || seconds > MOST) {
            throw usage("--seconds=" + seconds + ", allowed: " + LEAST + " to " + MOST);
        }
        if (datahub.hubDirectory() != null) {
            throw usage("--hub=" + datahub.hubDirectory() + " is not for demo, which makes a hub directory of its own");
        }
        return new Demo(datahub.terminal(), datahub.stop(), seconds, json).run();
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
