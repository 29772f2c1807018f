package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.datahub.api.ErrorCode;
import org.junit.jupiter.api.Test;

/// Every error that we name is one that a test has seen.
class ErrorCodesIT {
    /// In code, or as the last column of a table of cases.
    private static final Pattern MENTION = Pattern.compile("\\bErrorCode\\.([A-Z_]+)\\b|, ([A-Z_]+)\"");

    private static final Set<String> SKIPPED = Set.of("target", ".git", "node_modules");

    @Test
    void everyErrorCodeIsProvokedByATest() throws IOException {
        EnumSet<ErrorCode> missing = EnumSet.allOf(ErrorCode.class);
        Files.walkFileTree(Bundle.repository(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                boolean skipped = SKIPPED.contains(folder.getFileName().toString());
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java") && file.toString().contains("/src/test/")) strike(file, missing);
                return FileVisitResult.CONTINUE;
            }
        });
        assertEquals(
                EnumSet.noneOf(ErrorCode.class), missing, "codes that no test mentions, as ErrorCode.X or in a table");
    }

    private static void strike(Path file, Set<ErrorCode> missing) {
        for (String line : lines(file)) {
            if (line.strip().startsWith("//")) continue;
            Matcher mention = MENTION.matcher(line);
            while (mention.find()) {
                String name = mention.group(1) == null ? mention.group(2) : mention.group(1);
                missing.removeIf(code -> code.name().equals(name));
            }
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
