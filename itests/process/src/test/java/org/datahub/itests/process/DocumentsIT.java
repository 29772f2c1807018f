package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.datahub.api.ErrorCode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/// What the documents show can be done, and what they list is there.
class DocumentsIT {
    private static final Path DISTRIBUTION = Path.of(System.getProperty("datahub.dir"));
    private static final long BLOCK_SECONDS = 120;
    private static final Set<String> LANGUAGES = Set.of("", "sh", "java", "console", "text", "xml", "ini", "mermaid");
    private static final Pattern EXIT = Pattern.compile("# exit (\\d+)\\s*\\z");
    private static final Pattern CODE = Pattern.compile("DH-\\d{4}");
    private static final Pattern TEST_CLASS = Pattern.compile("\\b[A-Z]\\w*(Test|IT|Contract)\\b");

    @TempDir
    private Path work;

    /// `sh` blocks: in the order of their document, with `datahub` on the path and a hub directory
    /// that is theirs.
    @TestFactory
    Stream<DynamicTest> everyShellBlockDoesWhatItShows() throws IOException {
        return Document.all().stream()
                .filter(document -> !document.blocks("sh").isEmpty())
                .map(document -> dynamicTest(document.toString(), () -> run(document)));
    }

    private void run(Document document) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(work, "document-");
        try (TestHub hub = new TestHub()) {
            for (Document.Block block : document.blocks("sh"))
                run(document + ":" + block.line(), block, directory, hub);
        }
    }

    private static void run(String where, Document.Block block, Path directory, TestHub hub)
            throws IOException, InterruptedException {
        Matcher exit = EXIT.matcher(block.text());
        int expected = exit.find() ? Integer.parseInt(exit.group(1)) : 0;
        Path output = Files.createTempFile(directory.getParent(), "output-", ".txt");
        Process shell = inShell(block.text(), directory, hub)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = shell.waitFor(BLOCK_SECONDS, TimeUnit.SECONDS);
        shell.destroyForcibly().waitFor();
        boolean left = endLeftOvers(hub);
        String told = where + "\n" + block.text() + "--- output:\n" + Files.readString(output);
        assertTrue(ended, "not done within " + BLOCK_SECONDS + " s: " + told);
        assertEquals(expected, shell.exitValue(), told);
        assertFalse(left, "it leaves a process behind: " + told);
    }

    private static ProcessBuilder inShell(String script, Path directory, TestHub hub) {
        ProcessBuilder shell = new ProcessBuilder("bash", "-eu", "-o", "pipefail", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        Map<String, String> environment = shell.environment();
        environment.merge("PATH", DISTRIBUTION.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
        environment.put("DATAHUB_DIR", hub.directory().toString());
        environment.keySet().removeAll(Set.of("DATAHUB_HOME", "DATAHUB_JAVA_OPTS"));
        return shell;
    }

    /// Ends what still runs in the environment of a block; whether there was anything. A shell that
    /// has ended has no
    /// descendants to ask for.
    private static boolean endLeftOvers(TestHub hub) {
        String variable = "DATAHUB_DIR=" + hub.directory();
        boolean found = false;
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            if (process.equals(ProcessHandle.current()) || !environment(process).contains(variable)) continue;
            process.destroyForcibly();
            found = true;
        }
        return found;
    }

    private static List<String> environment(ProcessHandle process) {
        try {
            return List.of(Files.readString(Path.of("/proc/" + process.pid() + "/environ"), StandardCharsets.ISO_8859_1)
                    .split("\0"));
        } catch (IOException e) {
            return List.of(); // another user's, or gone
        }
    }

    @Test
    void everyCodeBlockIsOfALanguageThatIsLookedAt() throws IOException {
        List<String> others = new ArrayList<>();
        for (Document document : Document.all()) {
            for (Document.Block block : document.blocks()) {
                if (!LANGUAGES.contains(block.language()))
                    others.add(document + ":" + block.line() + " " + block.language());
            }
        }
        assertEquals(List.of(), others);
    }

    @Test
    void everyJavaBlockIsARegionOfAnExample() throws IOException {
        Set<String> regions = regions();
        List<String> others = new ArrayList<>();
        for (Document document : Document.all()) {
            for (Document.Block block : document.blocks("java")) {
                if (!regions.contains(normalised(block.text())))
                    others.add(document + ":" + block.line() + "\n" + block.text());
            }
        }
        assertEquals(List.of(), others);
    }

    private static Set<String> regions() throws IOException {
        Set<String> regions = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Bundle.repository().resolve("examples/src"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                StringBuilder region = null;
                for (String line : Files.readAllLines(file)) {
                    if (line.strip().startsWith("// @start")) {
                        region = new StringBuilder();
                    } else if (line.strip().startsWith("// @end")) {
                        if (region != null) regions.add(normalised(region.toString()));
                        region = null;
                    } else if (region != null) {
                        region.append(line).append('\n');
                    }
                }
            }
        }
        return regions;
    }

    private static String normalised(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        Map<Path, Set<String>> anchors = new HashMap<>();
        List<Document> documents = Document.all();
        for (Document document : documents) anchors.put(document.target(""), document.anchors());
        List<String> broken = new ArrayList<>();
        for (Document document : documents) {
            for (String link : document.links()) {
                if (link.contains("://")) continue;
                Path target = document.target(link);
                int hash = link.indexOf('#');
                boolean there = hash < 0
                        ? Files.exists(target)
                        : anchors.getOrDefault(target, Set.of()).contains(link.substring(hash + 1));
                if (!there) broken.add(document + ": " + link);
            }
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void everyDocumentIsListed() throws IOException {
        Document list = Document.of("docs/README.md");
        Document decisions = Document.of("docs/architecture.md");
        Set<Path> listed = Stream.of(list, decisions)
                .flatMap(document -> document.links().stream().map(document::target))
                .collect(Collectors.toSet());
        List<String> missing = Document.all().stream()
                .filter(document -> !listed.contains(document.target("")))
                .map(Document::toString)
                .filter(name -> !name.equals("docs/README.md"))
                .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void theTableOfErrorsIsTheEnum() throws IOException {
        List<List<String>> expected = Stream.of(ErrorCode.values())
                .map(code ->
                        List.of("`" + code.text() + "`", "`" + code.name() + "`", Integer.toString(code.exitCode())))
                .toList();
        List<List<String>> listed = Document.of("docs/api.md").rows("Error codes").stream()
                .map(row -> row.subList(0, 3))
                .toList();
        assertEquals(expected, listed);
    }

    @Test
    void forEveryErrorThereIsSomethingToDo() throws IOException {
        List<String> expected = Stream.of(ErrorCode.values())
                .map(code -> "`" + code.text() + "`")
                .toList();
        List<String> listed = Document.of("docs/operating.md").rows("Errors, and what to do").stream()
                .map(List::getFirst)
                .toList();
        assertEquals(expected, listed);
    }

    @Test
    void noDocumentNamesAnErrorThatIsNotThere() throws IOException {
        Set<String> known = Stream.of(ErrorCode.values()).map(ErrorCode::text).collect(Collectors.toSet());
        Set<String> unknown = new TreeSet<>();
        for (Document document : Document.all()) {
            String text = document.prose()
                    + document.blocks().stream().map(Document.Block::text).collect(Collectors.joining());
            CODE.matcher(text)
                    .results()
                    .map(MatchResult::group)
                    .filter(code -> !known.contains(code))
                    .forEach(code -> unknown.add(document + ": " + code));
        }
        assertEquals(Set.of(), unknown);
    }

    /// A configuration key as the engine's jar describes it.
    ///
    /// @param ifUnset its default, as the table has it
    /// @param applies the word in brackets that its description begins with, or empty
    private record Key(String ifUnset, String applies) {}

    @Test
    void theTablesOfKeysAreTheMetatype() throws Exception {
        Document install = Document.of("docs/install.md");
        for (Map.Entry<String, Map<String, Key>> pid : metatype().entrySet()) {
            Map<String, Key> listed = new TreeMap<>();
            for (List<String> row : install.rows(pid.getKey())) {
                String applies = row.get(4).startsWith("at ") ? "" : row.get(4).replaceFirst(",.*", "");
                listed.put(row.get(0).replace("`", ""), new Key(row.get(3).replace("`", ""), applies));
            }
            assertEquals(pid.getValue(), listed, "docs/install.md, " + pid.getKey());
        }
    }

    @Test
    void theShippedConfigurationNamesEveryKeyAndNoOther() throws Exception {
        Map<String, Map<String, Key>> metatype = metatype();
        assertEquals(metatype.get("org.datahub.engine").keySet(), keys("org.datahub.engine.cfg"));
        assertEquals(metatype.get("org.datahub.block").keySet(), keys("org.datahub.block~camera.cfg.example"));
    }

    /// `key = value`, commented out or not.
    private static Set<String> keys(String file) throws IOException {
        Pattern line = Pattern.compile("(?m)^#?([a-z][a-z.]*) *=");
        return line.matcher(Files.readString(DISTRIBUTION.resolve("config").resolve(file)))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, Map<String, Key>> metatype() throws Exception {
        Map<String, Map<String, Key>> pids = new TreeMap<>();
        try (ZipFile jar = new ZipFile(
                DISTRIBUTION.resolve("bundles/org.datahub.engine.jar").toFile())) {
            for (ZipEntry entry : jar.stream()
                    .filter(entry -> entry.getName().matches("OSGI-INF/metatype/.*\\.xml"))
                    .toList()) {
                try (InputStream xml = jar.getInputStream(entry)) {
                    Element root = DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(xml)
                            .getDocumentElement();
                    Element designate =
                            (Element) root.getElementsByTagName("Designate").item(0);
                    String pid = designate.getAttribute(designate.hasAttribute("factoryPid") ? "factoryPid" : "pid");
                    pids.put(pid, keys(root.getElementsByTagName("AD")));
                }
            }
        }
        assertFalse(pids.isEmpty());
        return pids;
    }

    private static Map<String, Key> keys(NodeList definitions) {
        Map<String, Key> keys = new TreeMap<>();
        for (int i = 0; i < definitions.getLength(); i++) {
            Element definition = (Element) definitions.item(i);
            String value = definition.getAttribute("default");
            String ifUnset = !value.isEmpty() ? value : definition.hasAttribute("default") ? "empty" : "none";
            Matcher applies = Pattern.compile("^\\(([a-z ]+)").matcher(definition.getAttribute("description"));
            keys.put(definition.getAttribute("id"), new Key(ifUnset, applies.find() ? applies.group(1) : ""));
        }
        return keys;
    }

    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        Set<String> sources = testClasses();
        Set<String> missing = new TreeSet<>();
        for (Document document : List.of(Document.of("docs/testing.md"), Document.of("CONTRIBUTING.md"))) {
            TEST_CLASS
                    .matcher(document.prose())
                    .results()
                    .map(MatchResult::group)
                    .filter(name -> !sources.contains(name))
                    .forEach(missing::add);
        }
        assertEquals(Set.of(), missing);
    }

    private static Set<String> testClasses() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String modules : List.of("bundles", "itests", "")) {
            try (Stream<Path> directories = Files.list(Bundle.repository().resolve(modules))) {
                for (Path module : directories.toList()) {
                    Path sources = module.resolve("src/test/java");
                    if (!Files.isDirectory(sources)) continue;
                    try (Stream<Path> files = Files.walk(sources)) {
                        files.map(path -> path.getFileName().toString())
                                .filter(name -> name.endsWith(".java"))
                                .forEach(name -> names.add(name.replace(".java", "")));
                    }
                }
            }
        }
        return names;
    }

    @Test
    void everyCommandIsDescribed() throws IOException, InterruptedException {
        Process help = new ProcessBuilder(DISTRIBUTION.resolve("bin/datahub").toString(), "--help").start();
        String text = new String(help.getInputStream().readAllBytes());
        assertEquals(0, help.waitFor());
        String commands = text.substring(text.indexOf("Commands:")).split("\\R\\R", 2)[0];
        Set<String> expected = Pattern.compile("(?m)^  ([a-z]+) ")
                .matcher(commands)
                .results()
                .map(found -> "`" + found.group(1) + "`")
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> described = Document.of("docs/operating.md").rows("Commands").stream()
                .map(List::getFirst)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(expected, described);
    }
}
