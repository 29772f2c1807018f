package org.datahub.distribution;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.admin.BlockInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Lists the blocks of a hub directory.
@Command(
        name = "ls",
        description = {
            "Lists the blocks. Standard error names the hub directory, and others on this machine.",
            "A block that can't be read is listed with its error, and the exit status is 1."
        })
final class LsCommand implements Callable<Integer> {
    private static final List<String> HEADINGS =
            List.of("NAME", "POLICY", "SLOTS", "SLOT BYTES", "NEXT", "PRODUCER", "CONSUMERS");

    @ParentCommand
    private Main datahub;

    @Option(names = "--json", description = "One JSON object a line and block.")
    private boolean json;

    private final List<List<String>> rows = new ArrayList<>();
    private boolean failed;

    @Override
    public Integer call() throws IOException {
        Output out = datahub.terminal().out();
        try (DataHub hub = datahub.hub("ls")) {
            sayWhere(hub);
            for (String name : hub.list()) look(hub, name);
        }
        if (!json && !rows.isEmpty()) {
            rows.addFirst(HEADINGS);
            for (String line : Columns.of(rows)) out.line(line);
        }
        out.flush();
        return failed ? 1 : 0;
    }

    private void sayWhere(DataHub hub) throws IOException {
        datahub.terminal().say("hub directory: " + hub.directory());
        List<String> others = HubDirectories.others(hub.directory());
        if (!others.isEmpty()) {
            datahub.terminal().say("others on this machine (--hub DIR): " + String.join(", ", others));
        }
    }

    private void look(DataHub hub, String name) throws IOException {
        try {
            BlockInfo info = hub.info(name);
            if (json) datahub.terminal().out().line(Json.line(info));
            else rows.add(row(info));
        } catch (DataHubException e) {
            if (e.code() == ErrorCode.BLOCK_NOT_FOUND) return; // removed since the names were read
            failed = true;
            if (json) datahub.terminal().out().line(Json.line(Map.of("name", name, "error", Problem.of(e))));
            else rows.add(List.of(name, e.code().text() + " " + e.problem()));
        }
    }

    private static List<String> row(BlockInfo info) {
        long alive = info.rows().stream().filter(BlockInfo.Row::alive).count();
        return List.of(
                info.name(),
                info.policy().toString(),
                String.valueOf(info.slots()),
                String.valueOf(info.slotBytes()),
                String.valueOf(info.next()),
                info.producerState().toString(),
                String.valueOf(alive));
    }

    /// An error for programs.
    record Problem(String code, String problem, String advice) {
        static Problem of(DataHubException e) {
            return new Problem(e.code().text(), e.problem(), e.advice());
        }
    }
}
