package org.datahub.distribution;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.datahub.api.ErrorCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Explains error codes.
@Command(name = "errors", description = "Lists the error codes, or explains one: what it means, and what to do.")
final class ErrorsCommand implements Callable<Integer> {
    @ParentCommand
    private Main datahub;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "CODE", description = "As DH-1003, 1003 or BLOCK_NOT_FOUND.")
    private String code;

    @Option(names = "--json", description = "One JSON object a line and code.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Output out = datahub.terminal().out();
        List<Explanation> wanted = new ArrayList<>();
        for (ErrorCode each : ErrorCode.values()) {
            if (code == null || names(each)) wanted.add(Explanation.of(each));
        }
        if (wanted.isEmpty()) throw new ParameterException(spec.commandLine(), "no such code: CODE=" + code);
        if (json) for (Explanation each : wanted) out.line(Json.line(each));
        else if (code == null) for (String line : table(wanted)) out.line(line);
        else for (String line : wanted.getFirst().text()) out.line(line);
        out.flush();
        return 0;
    }

    private boolean names(ErrorCode each) {
        return code.equalsIgnoreCase(each.text())
                || code.equalsIgnoreCase(each.name())
                || each.text().equals("DH-" + code);
    }

    private static List<String> table(List<Explanation> explanations) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("CODE", "EXIT", "MEANING"));
        for (Explanation each : explanations) {
            rows.add(List.of(each.code(), String.valueOf(each.exit()), each.meaning()));
        }
        return Columns.of(rows);
    }
}
