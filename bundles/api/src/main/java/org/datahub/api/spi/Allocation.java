package org.datahub.api.spi;

/// A new segment, and what was got.
///
/// @param file open for writing; its size is the segment's
/// @param locator where it lives: the one asked for, or empty for the block's own directory
/// @param pageBytes bytes of a page of its memory
/// @param remark what was asked for and not got, and why, for people; empty where all was got
public record Allocation(NativeFile file, String locator, long pageBytes, String remark) implements AutoCloseable {
    /// All that was asked for, in the block's own directory.
    public static Allocation in(NativeFile file, long pageBytes) {
        return new Allocation(file, "", pageBytes, "");
    }

    @Override
    public void close() {
        file.close();
    }
}
