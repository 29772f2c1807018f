import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/// Holds a table of defects against the reports of a build: each row names test methods that show
/// the defect absent, and each of them ran and passed.
///
///     java .ci/Defects.java docs/defects.md . STAMP
///
/// STAMP is a file made when the build began; older reports don't count. Prints what is wrong, a
/// line each, and ends with 1; or how many there were, and ends with 0.
final class Defects {
    private static final Set<String> PASSED_OVER = Set.of(".git", "src", "node_modules", "classes", "test-classes");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| *(\\d+) *\\|([^|]*)\\|([^|]*)\\|([^|]*)\\|$");
    private static final Pattern METHOD = Pattern.compile("`(\\w+)#(\\w+)`");
    private static final String NOT_YET = "not yet: ";

    /// What the reports say of one method, its repetitions together.
    private record Runs(int passed, int skipped, int failed) {
        static final Runs NONE = new Runs(0, 0, 0);

        Runs plus(Runs more) {
            return new Runs(passed + more.passed, skipped + more.skipped, failed + more.failed);
        }
    }

    private final Map<String, Runs> runs = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private int shown;
    private int open;

    public static void main(String... arguments) throws Exception {
        Path table = Path.of(arguments[0]);
        Defects defects = new Defects();
        defects.readReports(Path.of(arguments[1]), Files.getLastModifiedTime(Path.of(arguments[2])));
        defects.check(Files.readString(table));
        if (defects.faults.isEmpty()) {
            System.out.println("defects: shown absent=" + defects.shown + ", not yet=" + defects.open);
            return;
        }
        defects.faults.forEach(fault -> System.out.println(table + ": " + fault));
        System.exit(1);
    }

    private void readReports(Path root, FileTime begin) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return PASSED_OVER.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                boolean report = file.getFileName().toString().matches("TEST-.*\\.xml")
                        && file.getParent().getFileName().toString().endsWith("-reports");
                if (report && attributes.lastModifiedTime().compareTo(begin) >= 0) readReport(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException reason) {
                return FileVisitResult.CONTINUE; // gone meanwhile: no report of this build
            }
        });
    }

    private void readReport(Path report) {
        try {
            NodeList cases = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getElementsByTagName("testcase");
            for (int index = 0; index < cases.getLength(); index++) count((Element) cases.item(index));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("not a report: " + report, e);
        }
    }

    private void count(Element test) {
        // A class that runs twice has where behind its name, a case of a table its parameters.
        String type = test.getAttribute("classname").replaceFirst("\\(.*", "");
        String method = test.getAttribute("name").replaceFirst("\\W.*", "");
        String name = type.substring(type.lastIndexOf('.') + 1) + "#" + method;
        boolean failed = has(test, "failure") || has(test, "error");
        boolean skipped = has(test, "skipped");
        runs.merge(name, new Runs(failed || skipped ? 0 : 1, skipped ? 1 : 0, failed ? 1 : 0), Runs::plus);
    }

    private static boolean has(Element test, String what) {
        return test.getElementsByTagName(what).getLength() > 0;
    }

    private void check(String text) {
        List<MatchResult> rows = ROW.matcher(text).results().toList();
        if (rows.isEmpty()) faults.add("no table");
        int expected = 1;
        for (MatchResult row : rows) {
            int number = Integer.parseInt(row.group(1));
            if (number != expected) faults.add("row " + number + " stands where row " + expected + " belongs");
            expected = number + 1;
            check(number, row.group(4).strip());
        }
    }

    private void check(int number, String proof) {
        if (proof.startsWith(NOT_YET) && proof.length() > NOT_YET.length()) {
            open++;
            return;
        }
        List<MatchResult> methods = METHOD.matcher(proof).results().toList();
        String rest = METHOD.matcher(proof).replaceAll("").replaceAll("[, ]", "");
        if (methods.isEmpty() || !rest.isEmpty()) faults.add("row " + number + " names no test: '" + proof + "'");
        for (MatchResult method : methods) hold(number, method.group(1) + "#" + method.group(2));
        shown++;
    }

    private void hold(int number, String name) {
        Runs found = runs.getOrDefault(name, Runs.NONE);
        if (found.failed > 0) faults.add("row " + number + ": failed: " + name);
        else if (found.skipped > 0) faults.add("row " + number + ": skipped: " + name);
        else if (found.passed == 0) faults.add("row " + number + ": did not run: " + name);
    }
}
