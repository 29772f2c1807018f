package org.datahub.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubDirectoriesTest {
    @TempDir
    private Path place;

    @Test
    void othersAreDirectoriesWithNamesThatCanBeShown() throws IOException {
        Path own = Files.createDirectory(place.resolve("datahub-1"));
        Path other = Files.createDirectory(place.resolve("datahub-2"));
        Files.createDirectory(place.resolve("datahub-\033[2J\n3"));
        Files.createDirectory(place.resolve("elsewhere"));
        Files.createFile(place.resolve("datahub-file"));
        Files.createSymbolicLink(place.resolve("datahub-link"), other);
        assertEquals(List.of(other.toString()), HubDirectories.others(place, own));
        assertEquals(List.of(), HubDirectories.others(place.resolve("nowhere"), own));
    }
}
