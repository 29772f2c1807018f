package org.datahub.engine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// How large a ring should be where its owner does not say: larger than the second-level cache of a
/// core, so that written
/// lines have moved on to the shared cache by the time they are read, and a small part of that one.
final class Ring {
    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");
    private static final long USUAL_L2 = 1 << 20;
    private static final long USUAL_L3 = 32 << 20;

    private Ring() {}

    /// Bytes: four times L2, at most a quarter of L3, at least twice L2.
    static long bytes() {
        long l2 = cache(2, USUAL_L2);
        long l3 = cache(3, USUAL_L3);
        return Math.max(2 * l2, Math.min(4 * l2, l3 / 4));
    }

    private static long cache(int level, long otherwise) {
        try (DirectoryStream<Path> caches = Files.newDirectoryStream(CACHES, "index*")) {
            for (Path cache : caches) {
                if (!text(cache, "level").equals(Integer.toString(level))) continue;
                String size = text(cache, "size"); // 1024K
                return Long.parseLong(size.substring(0, size.length() - 1)) << (size.endsWith("M") ? 20 : 10);
            }
        } catch (IOException | NumberFormatException | StringIndexOutOfBoundsException e) {
            return otherwise; // a kernel that does not tell: the usual size will do
        }
        return otherwise;
    }

    private static String text(Path cache, String file) throws IOException {
        return Files.readString(cache.resolve(file)).strip();
    }
}
