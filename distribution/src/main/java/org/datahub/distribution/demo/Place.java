package org.datahub.distribution.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.datahub.distribution.KeyFiles;
import org.datahub.examples.instrument.Content;

/// The demo's own hub directory and hub home, made for one run.
///
/// @param blocks the hub directory, in shared memory
/// @param home where the hub's `config/` is
record Place(Path blocks, Path home) implements AutoCloseable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String PREFIX = "datahub-demo-";

    /// Makes both. The home's configuration is the distribution's, and a file for each block.
    static Place make(Path distribution, List<Content> contents) throws IOException {
        Path blocks = Files.createTempDirectory(SHARED_MEMORY, PREFIX);
        Path home = Files.createTempDirectory(PREFIX);
        Place place = new Place(blocks, home);
        try {
            place.configure(distribution.resolve("config"), contents);
            place.configure("org.datahub.memory.hugepages", "pages = prefer\n");
            KeyFiles.make(place.key());
            place.configure("org.datahub.integrity.hmac", "key.file = " + place.key() + "\n");
        } catch (IOException e) {
            place.close();
            throw e;
        }
        return place;
    }

    private void configure(Path shipped, List<Content> contents) throws IOException {
        Path config = Files.createDirectory(home.resolve("config"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shipped)) {
            for (Path file : files) {
                // Blocks that the operator declared belong to the operator's hub.
                boolean block = file.getFileName().toString().startsWith("org.datahub.block~");
                if (Files.isRegularFile(file) && !block) Files.copy(file, config.resolve(file.getFileName()));
            }
        }
        for (Content content : contents) {
            Files.writeString(config.resolve("org.datahub.block~" + content.name() + ".cfg"), content.configuration());
        }
    }

    /// Puts a file into place whole, as `mv` does: the hub never sees half of it.
    private void put(String directory, String name, byte[] bytes) throws IOException {
        Path whole = Files.write(home.resolve(name + ".new"), bytes);
        Files.createDirectories(home.resolve(directory));
        Files.move(whole, home.resolve(directory).resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Drops a bundle into the running hub.
    void drop(Path jar) throws IOException {
        put("deploy", jar.getFileName().toString(), Files.readAllBytes(jar));
    }

    /// Writes a configuration of the running hub.
    void configure(String pid, String text) throws IOException {
        put("config", pid + ".cfg", text.getBytes(StandardCharsets.UTF_8));
    }

    /// The key that hub and consumers hold.
    Path key() {
        return home.resolve("demo.key");
    }

    /// Takes a configuration away.
    void withdraw(String pid) throws IOException {
        Files.delete(home.resolve("config").resolve(pid + ".cfg"));
    }

    @Override
    public void close() throws IOException {
        delete(blocks);
        delete(home);
    }

    /// Deletes a tree that another process may be deleting too.
    static void delete(Path tree) throws IOException {
        if (Files.notExists(tree)) return;
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException reason) throws IOException {
                if (reason instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
                throw reason;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException reason) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
