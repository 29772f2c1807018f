package org.datahub.examples.instrument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcFileTest {
    @TempDir
    private Path directory;

    private ProcFile file(String text) throws IOException {
        return new ProcFile(Files.writeString(directory.resolve("file"), text)).load();
    }

    @Test
    void aKeyIsFoundAtTheBeginOfALineOnly() throws IOException {
        try (ProcFile file = file("x Free: 1\nMemFree: 2 kB\nFree:   3 kB\n")) {
            assertEquals(3, file.line("Free:").number());
        }
    }

    @Test
    void aKeyThatIsNotThereEndsTheFile() throws IOException {
        try (ProcFile file = file("a 1\n")) {
            assertEquals(0, file.line("b ").number());
            assertFalse(file.more());
        }
    }

    @Test
    void pointsAreSkippedAndWordsAreToo() throws IOException {
        try (ProcFile file = file("0.25 1.50 7/9 (a b) c\n")) {
            assertEquals(25, file.number());
            assertEquals(150, file.number());
            assertEquals(7, file.number());
            assertEquals(9, file.number());
        }
        try (ProcFile file = file("12 (a ) 5) S 1 2\n")) {
            assertEquals(
                    2,
                    file.skipBehind((byte) ')')
                            .skipBehind((byte) ')')
                            .skipWords(2)
                            .number());
        }
    }

    @Test
    void eachLoadReadsAnew() throws IOException {
        try (ProcFile file = file("1\n")) {
            Files.writeString(directory.resolve("file"), "22\n");
            assertEquals(22, file.load().number());
        }
    }
}
