package org.datahub.distribution;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Runs the hub. The launcher script takes a plain `datahub run` past this class, to a smaller
/// class path.
@Command(
        name = "run",
        description = {
            "Runs the hub in the foreground until SIGTERM, SIGINT, or exit in its shell.",
            "Blocks: config/org.datahub.block~NAME.cfg. Bundles: deploy/."
        })
final class RunCommand implements Callable<Integer> {
    @ParentCommand
    private Main datahub;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Where config/, deploy/ and cache/ are (default: $DATAHUB_HOME, else the distribution).")
    private Path home;

    @Option(names = "--no-shell", description = "No shell, even at a terminal.")
    private boolean noShell;

    @Override
    public Integer call() {
        if (datahub.hubDirectory() != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--hub=" + datahub.hubDirectory()
                            + " is not for run, whose hub directory is $DATAHUB_DIR or hub.directory in"
                            + " config/org.datahub.engine.cfg");
        }
        return HubLauncher.run(
                home, !noShell && System.console() != null && System.console().isTerminal());
    }
}
