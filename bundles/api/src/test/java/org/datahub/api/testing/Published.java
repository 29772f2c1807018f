package org.datahub.api.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Files of the repository that a test prints from the code: held against what stands there, or
/// with `-Dupdate`
/// written anew.
public final class Published {
    private static final String HINT = " is not what the code says; run with -Dupdate and look at the difference: "
            + "./mvnw test -pl bundles/engine -am -Dtest='Publi*' -Dsurefire.failIfNoSpecifiedTests=false -Dupdate";

    private Published() {}

    /// The top of the repository.
    public static Path repository() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.exists(at.resolve("mvnw"))) at = at.getParent();
        if (at == null)
            throw new IllegalStateException(
                    "not in the repository: directory=" + Path.of("").toAbsolutePath());
        return at;
    }

    /// Holds a whole file against `expected`.
    public static void check(String file, String expected) {
        String found = read(file);
        if (found.equals(expected)) return;
        if (updating()) write(file, expected);
        else assertEquals(expected, found, file + HINT);
    }

    /// Holds what stands between `<!-- name -->` and `<!-- end -->` against `expected`; the words
    /// around it are
    /// people's.
    public static void checkSection(String file, String name, String expected) {
        String text = read(file);
        String begin = "<!-- " + name + " -->\n";
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf("<!-- end -->", from);
        assertTrue(text.contains(begin) && to > 0, file + " has no section: name=" + name);
        String found = text.substring(from, to);
        if (found.equals(expected)) return;
        if (updating()) write(file, text.substring(0, from) + expected + text.substring(to));
        else assertEquals(expected, found, file + ", section " + name + HINT);
    }

    private static boolean updating() {
        return System.getProperty("update") != null;
    }

    private static String read(String file) {
        try {
            return Files.readString(repository().resolve(file));
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(String file, String text) {
        try {
            Path path = repository().resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
