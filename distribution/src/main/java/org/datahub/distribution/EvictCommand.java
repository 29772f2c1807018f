package org.datahub.distribution;

import java.util.concurrent.Callable;
import org.datahub.api.DataHub;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Has a block's producer let a consumer go.
@Command(
        name = "evict",
        description = "Has the producer of a block let a lossless consumer go, so that it gates no more. The consumer"
                + " is told what it lost, and may join anew. Where nobody produces, the command does it itself.")
final class EvictCommand implements Callable<Integer> {
    @ParentCommand
    private Main datahub;

    @Parameters(paramLabel = "NAME", description = "Name of the block.")
    private String name;

    @Option(names = "--row", paramLabel = "N", required = true, description = "Row of the consumer, as info shows it.")
    private int row;

    @Mixin
    private AnswerTimeout timeout;

    @Override
    public Integer call() {
        try (DataHub hub = datahub.hub("evict")) {
            hub.admin(name).evict(row, timeout.time());
        }
        return 0;
    }
}
