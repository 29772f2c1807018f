package org.datahub.itests.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One run of a scenario: a victim that dies where its plan says, or comes to a good end, and a
/// look at all that is left.
///
/// @param scenario its name
/// @param shape of the block
/// @param plan of the victim
record Trial(String scenario, Shape shape, Plan plan) {
    /// How it ended.
    enum End {
        /// Where it was to die.
        DIED,
        /// Well: it did not come there that often.
        SURVIVED
    }

    End run() throws Exception {
        return run(List.of());
    }

    /// Runs it with more options for the victim's JVM.
    End run(List<String> more) throws Exception {
        Scenario played = Scenarios.named(scenario);
        Path log = Files.createTempFile(Jvm.scratch(), scenario + "-", ".log");
        try (Stage stage = new Stage(shape, Jvm.scratch())) {
            Scenario.Witness witness = played.before(stage);
            Process victim = start(stage, log, more);
            stage.startedWith(victim);
            int code;
            try {
                witness.meanwhile();
            } finally {
                code = Jvm.await(victim);
            }
            boolean died = plan.point() != null && code == Jvm.KILLED;
            if (code != 0 && !died) throw new AssertionError("the victim failed: code=" + code);
            witness.after();
            stage.aftermath();
            Files.delete(log);
            return died ? End.DIED : End.SURVIVED;
        } catch (Exception | AssertionError e) {
            throw new AssertionError(this + ": " + e.getMessage() + said(log), e);
        }
    }

    private Process start(Stage stage, Path log, List<String> more) throws IOException {
        List<String> options = new ArrayList<>(more);
        options.add("-Ddatahub.below=org.datahub.api.layout.FailPoints");
        options.addAll(plan.options());
        List<String> arguments = List.of(
                scenario,
                shape.toString(),
                stage.directory.toString(),
                stage.notesFile().toString());
        return Jvm.start(Victim.class, options, arguments, log);
    }

    private static String said(Path log) throws IOException {
        String text = Files.readString(log);
        return text.isEmpty() ? "" : "\n--- the victim said:\n" + text;
    }
}
