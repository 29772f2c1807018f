package org.datahub.distribution;

import java.util.concurrent.Callable;
import org.datahub.api.DataHub;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Removes a block.
@Command(name = "rm", description = "Removes a block that nobody uses; refused (4) while a producer or consumer lives.")
final class RmCommand implements Callable<Integer> {
    @ParentCommand
    private Main datahub;

    @Parameters(paramLabel = "NAME", description = "Name of the block.")
    private String name;

    @Override
    public Integer call() {
        try (DataHub hub = datahub.hub("rm")) {
            hub.remove(name);
        }
        return 0;
    }
}
