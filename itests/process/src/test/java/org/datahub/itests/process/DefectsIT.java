package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program that holds docs/defects.md against what ran can fail.
class DefectsIT {
    @TempDir
    private Path root;

    private Path table;
    private Path stamp;

    @BeforeEach
    void makeReports() throws IOException {
        table = root.resolve("table.md");
        stamp = Files.createFile(root.resolve("stamp"));
        Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().minusSeconds(60)));
        report("bundles/a/target/surefire-reports", "org.x.GoodTest", """
                <testcase name="holds" classname="org.x.GoodTest(felix)" time="0.1"/>
                <testcase name="holdsEach(int, String)[1]" classname="org.x.GoodTest"><system-out>x</system-out></testcase>
                <testcase name="holdsEach(int, String)[2]" classname="org.x.GoodTest"/>
                """);
        report("itests/b/target/failsafe-reports", "org.x.MixedIT", """
                <testcase name="fails" classname="org.x.MixedIT"><failure message="no">at</failure></testcase>
                <testcase name="breaks" classname="org.x.MixedIT"><error message="no">at</error></testcase>
                <testcase name="isSkipped" classname="org.x.MixedIT"><skipped message="no root"/></testcase>
                <testcase name="half(int)[1]" classname="org.x.MixedIT"/>
                <testcase name="half(int)[2]" classname="org.x.MixedIT"><skipped/></testcase>
                """);
        Path old = report("bundles/c/target/surefire-reports", "org.x.OldTest", """
                <testcase name="held" classname="org.x.OldTest"/>
                """);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(3600)));
    }

    private Path report(String folder, String name, String cases) throws IOException {
        Path directory = Files.createDirectories(root.resolve(folder));
        return Files.writeString(
                directory.resolve("TEST-" + name + ".xml"),
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"" + name + "\">\n" + cases
                        + "</testsuite>\n");
    }

    private void assertSays(int exit, String rows, String... lines) throws Exception {
        Files.writeString(table, "# Table\n\n| | defect | here | shown by |\n|--:|---|---|---|\n" + rows);
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                Bundle.repository().resolve(".ci/Defects.java").toString(),
                table.toString(),
                root.toString(),
                stamp.toString());
        try (Child child = Child.start("defects", java.util.Map.of(), null, command)) {
            assertEquals(exit, child.exit(), child::describe);
            List<String> expected = exit == 0
                    ? List.of(lines)
                    : java.util.Arrays.stream(lines)
                            .map(line -> table + ": " + line)
                            .toList();
            assertEquals(expected, child.lines(), child::describe);
        }
    }

    @Test
    void whatRanAndPassedIsCounted() throws Exception {
        assertSays(0, """
                | 1 | a | b | `GoodTest#holds` |
                | 2 | a | b | `GoodTest#holdsEach`, `GoodTest#holds` |
                | 3 | a | - | not yet: nothing of it is built |
                """, "defects: shown absent=2, not yet=1");
    }

    @Test
    void whatDidNotRunOrDidNotPassIsNamed() throws Exception {
        assertSays(
                1,
                """
                | 1 | a | b | `GoodTest#holds` |
                | 2 | a | b | `GoodTest#helds` |
                | 3 | a | b | `MixedIT#fails`, `MixedIT#breaks` |
                | 4 | a | b | `MixedIT#isSkipped`, `MixedIT#half` |
                | 5 | a | b | `OldTest#held` |
                """,
                "row 2: did not run: GoodTest#helds",
                "row 3: failed: MixedIT#fails",
                "row 3: failed: MixedIT#breaks",
                "row 4: skipped: MixedIT#isSkipped",
                "row 4: skipped: MixedIT#half",
                "row 5: did not run: OldTest#held");
    }

    @Test
    void aRowWithoutATestOrOutOfPlaceIsNamed() throws Exception {
        assertSays(
                1,
                """
                | 1 | a | b | by design |
                | 3 | a | b | `GoodTest#holds` and more |
                | 4 | a | b | not yet: |
                """,
                "row 1 names no test: 'by design'",
                "row 3 stands where row 2 belongs",
                "row 3 names no test: '`GoodTest#holds` and more'",
                "row 4 names no test: 'not yet:'");
    }

    @Test
    void aTableThatIsNoneIsAFault() throws Exception {
        assertSays(1, "", "no table");
    }
}
