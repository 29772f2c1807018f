package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Wire;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.NativeFile;

/// What a file of a block must be before a word in it is believed. Each throws `DH-1007`, or `DH-1008`
/// for another layout.
final class FileChecks {
    private FileChecks() {}

    /// @param owner who must own it, or -1
    static FileStatus regular(NativeFile file, int owner) {
        FileStatus status = file.status();
        if (status.kind() != FileStatus.Kind.REGULAR) {
            throw Block.invalid("a file of the block is no regular file: path=" + file.path(), null);
        }
        if (owner >= 0 && status.uid() != owner) {
            throw Block.invalid(
                    "a file of the block has another owner than its state: path=" + file.path() + ", owner="
                            + status.uid() + ", state.owner=" + owner,
                    null);
        }
        return status;
    }

    static long ranged(String what, long value, long least, long most) {
        if (value >= least && value <= most) return value;
        throw Block.invalid(
                "the block is damaged: " + what + "=" + value + ", least=" + least + ", most=" + most, null);
    }

    static int rows(MemorySegment state) {
        int rows = Words.plainInt(state, StateLayout.ROWS);
        if (rows < 1 || rows > StateLayout.MOST_ROWS) {
            throw Block.invalid("the state is damaged: rows=" + rows + ", most=" + StateLayout.MOST_ROWS, null);
        }
        return rows;
    }

    static void size(NativeFile file, FileStatus status, long expected) {
        if (status.bytes() >= expected) return;
        throw Block.invalid(
                "a file of the block is too short: path=" + file.path() + ", bytes=" + status.bytes() + ", least="
                        + expected,
                null);
    }

    static void same(String path, String what, long said, long is) {
        if (said == is) return;
        throw Block.invalid(
                "a file of the block contradicts itself: path=" + path + ", " + what + "=" + said + ", but " + is,
                null);
    }

    static void identity(String path, MemorySegment state, MemorySegment other, long high, long low) {
        if (Words.plain(state, StateLayout.BLOCK_ID_HIGH) == Words.plain(other, high)
                && Words.plain(state, StateLayout.BLOCK_ID_LOW) == Words.plain(other, low)) return;
        throw Block.invalid("a file belongs to another block than its state: path=" + path, null);
    }

    static void header(String path, MemorySegment segment, long magic, long word, long version, long order, long hash) {
        long found = Words.acquire(segment, magic);
        if (found != word) {
            String hint = found == Long.reverseBytes(word) ? " (the bytes of another byte order)" : "";
            throw Block.invalid(
                    "not a DataHub file: path=" + path + ", magic=" + Long.toHexString(found) + ", expected="
                            + Long.toHexString(word) + hint,
                    null);
        }
        int major = Words.plainInt(segment, version) >>> 16;
        if (major != Wire.VERSION >>> 16
                || Words.plainInt(segment, order) != Wire.BYTE_ORDER
                || Words.plain(segment, hash) != Wire.layoutHash()) {
            throw new DataHubException(
                    ErrorCode.LAYOUT_VERSION,
                    "the block has another layout: path=" + path + ", version="
                            + text(Words.plainInt(segment, version))
                            + ", hash=" + Long.toHexString(Words.plain(segment, hash)) + "; this program: version="
                            + text(Wire.VERSION) + ", hash=" + Long.toHexString(Wire.layoutHash()),
                    "use the same DataHub version on both sides, or remove the block");
        }
    }

    private static String text(int version) {
        return (version >>> 16) + "." + (version & 0xffff);
    }
}
