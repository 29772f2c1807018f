package org.datahub.integrity.blake2b;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.IntegrityProviderContract;
import org.junit.jupiter.api.io.TempDir;

class BouncyCastleBlake2bIntegrityTest extends IntegrityProviderContract {
    @TempDir
    static Path directory;

    @Override
    protected IntegrityProvider provider() {
        return Blake2bIntegrity.of(Map.of("key.file", keyFile().toString(), "implementation", "bouncycastle"));
    }

    /// It makes two arrays for each block of 128 bytes.
    @Override
    protected int garbageBytes() {
        return 40_000;
    }

    private static Path keyFile() {
        Path file = directory.resolve("key");
        try {
            if (Files.notExists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(file, "0123456789abcdef".repeat(4));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return file;
    }
}
