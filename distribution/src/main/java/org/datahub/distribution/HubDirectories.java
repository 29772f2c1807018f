package org.datahub.distribution;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Hub directories where they usually are. Someone who looks into the wrong one finds the right one
/// here.
final class HubDirectories {
    private static final Path USUAL = Path.of("/dev/shm");

    private HubDirectories() {}

    /// Those but `own`, sorted.
    static List<String> others(Path own) throws IOException {
        return others(USUAL, own);
    }

    /// Everybody may make one in `place`, under any name: one that would steer the terminal is not told.
    static List<String> others(Path place, Path own) throws IOException {
        List<String> found = new ArrayList<>();
        if (!Files.isDirectory(place)) return found;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(place, "datahub-*")) {
            for (Path entry : entries) {
                boolean readable = entry.toString().chars().noneMatch(Character::isISOControl);
                if (readable && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && !entry.equals(own))
                    found.add(entry.toString());
            }
        }
        found.sort(null);
        return found;
    }
}
