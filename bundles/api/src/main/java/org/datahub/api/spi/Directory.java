package org.datahub.api.spi;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/// An open directory; names are relative to it, and no name leads out of it: each is one path
/// element, links are never
/// followed. Every method throws [KernelException] with the errno unless it says otherwise.
@ProviderType
public interface Directory extends AutoCloseable {
    /// What it is called in messages.
    String path();

    /// What the directory itself is.
    FileStatus status();

    /// What `name` is, or null where there is none.
    FileStatus status(String name);

    /// Opens a directory below, or null where there is none.
    Directory openDirectory(String name);

    /// Makes a directory with exactly this mode.
    void makeDirectory(String name, int mode);

    /// Gives the directory to this group; no error where it has it.
    void group(int gid);

    /// Opens a file, or null where there is none. Never blocks, whatever kind of file it is.
    NativeFile open(String name, boolean writable);

    /// Creates a file with exactly this mode; one that exists is refused.
    NativeFile create(String name, int mode);

    /// Renames without replacing; false if `to` exists.
    boolean rename(String from, String to);

    /// Removes a file; no error if it is gone.
    void unlink(String name);

    /// Removes an empty directory; no error if it is gone.
    void removeDirectory(String name);

    /// The names in it.
    List<String> list();

    /// Bytes that files in it can still take.
    long usableBytes();

    @Override
    void close();
}
