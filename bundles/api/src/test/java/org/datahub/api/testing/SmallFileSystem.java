package org.datahub.api.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A memory file system that is soon full. Mounting needs root.
public final class SmallFileSystem implements AutoCloseable {
    private final Path path;

    private SmallFileSystem(Path path) {
        this.path = path;
    }

    /// Mounts one with mount's words for its limits, as in `size=1m` or `nr_inodes=2`.
    public static SmallFileSystem mount(String limits) {
        try {
            Path path = Files.createTempDirectory("datahub-small-");
            try {
                Command.run("mount", "-t", "tmpfs", "-o", limits, "tmpfs", path.toString());
            } catch (AssertionError e) {
                Files.delete(path);
                Command.require(false, "a small file system can't be mounted, which takes root: " + e.getMessage());
            }
            return new SmallFileSystem(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where it is mounted.
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        Command.run("umount", "--lazy", path.toString());
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
