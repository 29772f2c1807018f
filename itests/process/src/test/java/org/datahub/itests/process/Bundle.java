package org.datahub.itests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/// One of our bundles as it was built: a jar on this class path.
///
/// @param name its symbolic name
/// @param jar the file
/// @param manifest its manifest
record Bundle(String name, Path jar, Manifest manifest) {
    private static final String OURS = "org.datahub.";
    private static final String EXAMPLES = OURS + "examples.";

    /// One clause of a manifest header.
    ///
    /// @param name what stands before the first semicolon
    /// @param words attributes, and directives with their colon: `version`, `resolution:`
    record Clause(String name, Map<String, String> words) {}

    /// All bundles of the repository, examples apart.
    static List<Bundle> all() {
        List<Bundle> bundles = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":")) {
            if (entry.endsWith(".jar")) read(Path.of(entry), bundles);
        }
        TreeSet<String> found = new TreeSet<>();
        for (Bundle bundle : bundles) found.add(bundle.name);
        if (!found.equals(expected())) {
            throw new AssertionError(
                    "this test must see every bundle of bundles/ as a jar (run it by `./mvnw verify`; a new"
                            + " bundle belongs into itests/process/pom.xml): found=" + found + ", expected="
                            + expected());
        }
        return bundles;
    }

    private static void read(Path path, List<Bundle> into) {
        try (JarFile jar = new JarFile(path.toFile())) {
            Manifest manifest = jar.getManifest();
            String name = manifest == null ? null : manifest.getMainAttributes().getValue("Bundle-SymbolicName");
            if (name != null && name.startsWith(OURS) && !name.startsWith(EXAMPLES))
                into.add(new Bundle(name, path, manifest));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TreeSet<String> expected() {
        try (Stream<Path> folders = Files.list(repository().resolve("bundles"))) {
            TreeSet<String> names = new TreeSet<>();
            folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .forEach(folder -> names.add(OURS + folder.getFileName()));
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The top of the repository.
    static Path repository() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("mvnw"))) at = at.getParent();
        return at;
    }

    /// Its class files.
    List<ClassModel> classes() {
        try (JarFile file = new JarFile(jar.toFile())) {
            List<ClassModel> classes = new ArrayList<>();
            for (JarEntry entry : file.stream().toList()) {
                String path = entry.getName();
                if (!path.endsWith(".class") || path.endsWith("-info.class")) continue;
                classes.add(ClassFile.of().parse(file.getInputStream(entry).readAllBytes()));
            }
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A class's name as sources write it.
    static String nameOf(ClassModel type) {
        return type.thisClass().asInternalName().replace('/', '.');
    }

    /// The clauses of a header; none where there is no such header.
    List<Clause> header(String header) {
        String value = manifest.getMainAttributes().getValue(header);
        List<Clause> clauses = new ArrayList<>();
        if (value == null) return clauses;
        for (String clause : split(value, ',')) {
            List<String> parts = split(clause, ';');
            Map<String, String> words = new LinkedHashMap<>();
            for (String part : parts.subList(1, parts.size())) {
                int equals = part.indexOf('=');
                String word = part.substring(equals + 1).strip();
                boolean quoted = word.startsWith("\"");
                words.put(part.substring(0, equals).strip(), quoted ? word.substring(1, word.length() - 1) : word);
            }
            clauses.add(new Clause(parts.getFirst().strip(), words));
        }
        return clauses;
    }

    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int begin = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '"') quoted = !quoted;
            if (text.charAt(i) != separator || quoted) continue;
            parts.add(text.substring(begin, i));
            begin = i + 1;
        }
        parts.add(text.substring(begin));
        return parts;
    }

    @Override
    public String toString() {
        return name;
    }
}
