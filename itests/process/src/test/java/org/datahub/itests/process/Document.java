package org.datahub.itests.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A Markdown document of the repository, taken apart: code blocks, headings, links, tables.
final class Document {
    private static final Pattern FENCE = Pattern.compile("^```(\\w*)\\s*$");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern INLINE_CODE = Pattern.compile("`[^`]*`");

    /// A code block.
    ///
    /// @param language the word behind the fence
    /// @param line number of its first line
    /// @param text without the fences
    record Block(String language, int line, String text) {}

    private final Path root;
    private final Path path;
    private final List<Block> blocks = new ArrayList<>();
    private final List<String> prose = new ArrayList<>();

    private Document(Path root, Path path) throws IOException {
        this.root = root;
        this.path = path;
        takeApart(Files.readAllLines(path));
    }

    /// All documents: those at the top of the repository, and everything in docs/.
    static List<Document> all() throws IOException {
        Path root = Bundle.repository();
        List<Document> found = new ArrayList<>();
        try (Stream<Path> top = Files.list(root);
                Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            for (Path path : Stream.concat(top, docs)
                    .filter(Document::isDocument)
                    .sorted()
                    .toList()) {
                found.add(new Document(root, path));
            }
        }
        return found;
    }

    static Document of(String name) throws IOException {
        Path root = Bundle.repository();
        return new Document(root, root.resolve(name));
    }

    private static boolean isDocument(Path path) {
        return path.toString().endsWith(".md") && Files.isRegularFile(path);
    }

    private void takeApart(List<String> lines) {
        String language = null;
        int first = 0;
        StringBuilder block = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            Matcher fence = FENCE.matcher(lines.get(i));
            if (!fence.matches()) {
                if (language == null) prose.add(lines.get(i));
                else block.append(lines.get(i)).append('\n');
            } else if (language == null) {
                language = fence.group(1);
                first = i + 2;
                block.setLength(0);
            } else {
                blocks.add(new Block(language, first, block.toString()));
                language = null;
            }
        }
        if (language != null) throw new IllegalStateException(this + ":" + first + " a code block without an end");
    }

    /// Its path from the top of the repository.
    @Override
    public String toString() {
        return root.relativize(path).toString();
    }

    List<Block> blocks() {
        return blocks;
    }

    List<Block> blocks(String language) {
        return blocks.stream().filter(block -> block.language.equals(language)).toList();
    }

    /// Everything outside code blocks.
    String prose() {
        return String.join("\n", prose);
    }

    /// Where its links lead, as they are written.
    List<String> links() {
        return LINK.matcher(INLINE_CODE.matcher(prose()).replaceAll("code"))
                .results()
                .map(link -> link.group(1))
                .toList();
    }

    /// The file that a relative link leads to; without a path, this document.
    Path target(String link) {
        String file = link.replaceFirst("#.*", "");
        return file.isEmpty() ? path : path.resolveSibling(file).normalize();
    }

    /// The names that links to its headings have.
    Set<String> anchors() {
        Set<String> anchors = new TreeSet<>();
        Map<String, Integer> seen = new HashMap<>();
        for (String line : prose) {
            Matcher heading = HEADING.matcher(line);
            if (!heading.matches()) continue;
            String name = heading.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .strip()
                    .replace(' ', '-');
            int count = seen.merge(name, 1, Integer::sum);
            anchors.add(count == 1 ? name : name + "-" + (count - 1));
        }
        return anchors;
    }

    /// The cells of the table rows below the heading `title`, up to the next heading; without heads
    /// and rules.
    List<List<String>> rows(String title) {
        List<List<String>> rows = new ArrayList<>();
        boolean inside = false;
        for (String line : prose) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) inside = heading.group(1).equals(title);
            if (inside && line.startsWith("| `")) {
                rows.add(Stream.of(line.substring(1, line.lastIndexOf('|')).split("\\|"))
                        .map(String::strip)
                        .toList());
            }
        }
        return rows;
    }
}
