package org.datahub.api.spi;

/// What a file is.
///
/// @param device the device it lives on
/// @param inode its number there
/// @param kind what kind of file
/// @param mode permission bits, 07777
/// @param uid owner
/// @param gid group
/// @param bytes its size
public record FileStatus(long device, long inode, Kind kind, int mode, int uid, int gid, long bytes) {
    /// Kinds of files.
    public enum Kind {
        /// A regular file.
        REGULAR,
        /// A directory.
        DIRECTORY,
        /// A symbolic link.
        LINK,
        /// Anything else: FIFO, socket, device.
        OTHER
    }

    /// Whether `other` is the same file.
    public boolean same(FileStatus other) {
        return other != null && device == other.device && inode == other.inode;
    }

    /// Whether anybody but its owner may write it.
    public boolean othersMayWrite() {
        return (mode & 0022) != 0;
    }
}
