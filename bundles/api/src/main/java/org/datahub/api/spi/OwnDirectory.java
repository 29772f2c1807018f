package org.datahub.api.spi;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.regex.Pattern;

/// A segment outside the block's directory, in a directory of its own, as allocators make it: nobody
/// else has that name, so the files of two blocks never meet.
public final class OwnDirectory {
    /// What [#name] gives, for patterns of locators.
    public static final String NAME = "[0-9a-f]{32}";

    private static final int MODE = 02750;
    private static final SecureRandom RANDOM = new SecureRandom();

    private OwnDirectory() {}

    /// A new name.
    public static String name() {
        return String.format("%016x%016x", RANDOM.nextLong(), RANDOM.nextLong());
    }

    /// Makes the directory `name` below `parent`, with the group of the block, and in it `file` with
    /// `bytes` reserved; nothing is left behind when it throws.
    ///
    /// @throws KernelException with the errno
    public static NativeFile make(Directory parent, String name, Directory block, String file, long bytes) {
        parent.makeDirectory(name, MODE);
        try (Directory directory = parent.openDirectory(name)) {
            directory.group(block.status().gid());
            return Reservation.reserved(directory, file, bytes);
        } catch (RuntimeException e) {
            parent.removeDirectory(name);
            throw e;
        }
    }

    /// Opens the segment, or returns null where it is gone.
    public static NativeFile open(Kernel kernel, String locator, String file, boolean writable) {
        try (Directory directory = kernel.openDirectory(Path.of(locator))) {
            return directory.open(file, writable);
        } catch (KernelException e) {
            if (e.errno() == KernelException.ENOENT) return null;
            throw e;
        }
    }

    /// Removes the file and its directory, if the locator is one of `ours`: any other path is left
    /// alone. No error if they are gone.
    public static void release(Kernel kernel, String locator, Pattern ours, String file) {
        if (!ours.matcher(locator).matches()) return;
        Path path = Path.of(locator);
        try (Directory parent = kernel.openDirectory(path.getParent())) {
            String name = path.getFileName().toString();
            try (Directory directory = parent.openDirectory(name)) {
                if (directory != null) directory.unlink(file);
            }
            parent.removeDirectory(name);
        } catch (KernelException e) {
            if (e.errno() != KernelException.ENOENT) throw e;
        }
    }
}
