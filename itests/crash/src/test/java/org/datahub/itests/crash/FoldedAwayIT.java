package org.datahub.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A production JVM has no fail points: the optimising compiler, told to compile all of a store
/// and with no profile to guess by, does not even look at what may stand below it.
class FoldedAwayIT {
    private static final String BELOW = "org.datahub.api.layout.FailPoints::release";
    private static final String STORE = "org.datahub.api.layout.Words::release";

    @Test
    void theCompiledStoreKnowsOfNothingBelowIt() throws Exception {
        String inlined = inlined(List.of());
        assertTrue(inlined.contains(STORE), inlined);
        assertFalse(inlined.contains("Below::") || inlined.contains(BELOW), inlined);
    }

    @Test
    void theLookWouldFindWhatStandsThere() throws Exception {
        String inlined = inlined(List.of("-Ddatahub.below=org.datahub.api.layout.FailPoints"));
        assertTrue(inlined.contains(STORE) && inlined.contains(BELOW), inlined);
    }

    private static String inlined(List<String> more) throws Exception {
        List<String> options = new ArrayList<>(more);
        options.addAll(List.of(
                "-XX:TieredStopAtLevel=4",
                "-XX:-TieredCompilation",
                "-Xcomp",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+PrintInlining",
                "-XX:CompileCommand=quiet",
                "-XX:CompileCommand=compileonly," + Folded.class.getName() + "::store"));
        Path log = Files.createTempFile(Jvm.scratch(), "folded-", ".log");
        int code = Jvm.await(Jvm.start(Folded.class, options, List.of(), log));
        String said = Files.readString(log);
        assertEquals(0, code, said);
        Files.delete(log);
        return said;
    }
}
