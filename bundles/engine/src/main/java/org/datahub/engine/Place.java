package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.PlaceLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Wire;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;

/// Where a block's files are: in a directory of its name in the hub directory or, where a file has the
/// name, in the directory that this file tells. The file is written by the owner of the block, and
/// counts only as far as the directory and `state` bear it out.
///
/// @param directory open
/// @param named what the name in the hub directory is
/// @param elsewhere the directory's path where the hub directory has a file; else null
/// @param idHigh high half of the block's id in that file
/// @param idLow low half of it
record Place(Directory directory, FileStatus named, Path elsewhere, long idHigh, long idLow) {
    /// The place of the block, or null where there is none: no such name, or a file whose directory
    /// is not there.
    ///
    /// @throws DataHubException `DH-1007`
    static Place find(Kernel kernel, HubDirectory hub, String name) {
        FileStatus named = hub.directory().status(name);
        if (named == null) return null;
        if (named.kind() == FileStatus.Kind.REGULAR) return follow(kernel, hub, name);
        Directory directory = hub.directory().openDirectory(name);
        return directory == null ? null : new Place(directory, directory.status(), null, 0, 0);
    }

    private static Place follow(Kernel kernel, HubDirectory hub, String name) {
        try (Arena arena = Arena.ofConfined();
                NativeFile file = hub.directory().open(name, false)) {
            if (file == null) return null;
            FileStatus status = file.status();
            MemorySegment words = checked(file, status, arena);
            String text = Words.text(
                    words,
                    PlaceLayout.PATH,
                    PlaceLayout.MOST_PATH_BYTES,
                    Words.plainInt(words, PlaceLayout.PATH_BYTES));
            long high = Words.plain(words, PlaceLayout.BLOCK_ID_HIGH);
            long low = Words.plain(words, PlaceLayout.BLOCK_ID_LOW);
            if (!text.startsWith("/") || text.indexOf(0) >= 0) throw lies(file, "it names no path: " + shown(text));
            Path path = Path.of(text).normalize();
            if (path.getFileName() == null || !path.getFileName().toString().equals(name)) {
                throw lies(file, "its path is not that of a block of this name: " + shown(text));
            }
            return directory(kernel, file, status, path, high, low);
        }
    }

    private static MemorySegment checked(NativeFile file, FileStatus status, Arena arena) {
        if (status.kind() != FileStatus.Kind.REGULAR || status.bytes() != PlaceLayout.BYTES) {
            throw lies(file, "it is no file that tells a place: bytes=" + status.bytes());
        }
        MemorySegment words = file.map(PlaceLayout.BYTES, false, arena);
        if (Words.acquire(words, PlaceLayout.MAGIC) != PlaceLayout.MAGIC_WORD
                || Words.plainInt(words, PlaceLayout.BYTE_ORDER) != Wire.BYTE_ORDER) {
            throw lies(file, "it has not the magic word of one that tells a place");
        }
        int version = Words.plainInt(words, PlaceLayout.LAYOUT_VERSION);
        if (version >>> 16 == Wire.VERSION >>> 16) return words;
        throw new DataHubException(
                ErrorCode.LAYOUT_VERSION,
                "the file that tells the block's place has another layout: path=" + file.path() + ", version="
                        + (version >>> 16) + ", expected=" + (Wire.VERSION >>> 16),
                "use the same DataHub version on both sides");
    }

    private static Place directory(Kernel kernel, NativeFile file, FileStatus named, Path path, long high, long low) {
        Directory directory;
        try {
            directory = kernel.openDirectory(path);
        } catch (KernelException e) {
            if (e.errno() == KernelException.ENOENT) return null;
            throw e;
        }
        FileStatus status = directory.status();
        if (status.uid() == named.uid() && !status.othersMayWrite()) {
            return new Place(directory, named, path, high, low);
        }
        directory.close();
        throw lies(
                file,
                "the directory is another user's, or others may write it: directory=" + path + ", owner="
                        + status.uid() + ", file.owner=" + named.uid() + ", mode="
                        + Integer.toOctalString(status.mode()));
    }

    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cc}", "?");
        return plain.length() > 80 ? plain.substring(0, 80) + "..." : plain;
    }

    private static DataHubException lies(NativeFile file, String why) {
        return Block.invalid("the file in the hub directory can't be believed: path=" + file.path() + ": " + why, null);
    }

    /// Whether the hub directory still has what was found there.
    boolean current(HubDirectory hub, String name) {
        return named.same(hub.directory().status(name));
    }

    /// Whether this is the block that the file told; a state that can't be read is nobody's.
    boolean holds() {
        if (elsewhere == null) return true;
        try (Arena arena = Arena.ofConfined();
                NativeFile file = directory.open(Block.STATE, false)) {
            return file != null
                    && file.status().kind() == FileStatus.Kind.REGULAR
                    && file.status().bytes() >= StateLayout.BYTES
                    && holds(file.map(StateLayout.BYTES, false, arena));
        }
    }

    private boolean holds(MemorySegment state) {
        return Words.plain(state, StateLayout.BLOCK_ID_HIGH) == idHigh
                && Words.plain(state, StateLayout.BLOCK_ID_LOW) == idLow;
    }

    /// @throws DataHubException `DH-1007` where the file told another block
    void check(MemorySegment state) {
        if (elsewhere == null || holds(state)) return;
        throw new DataHubException(
                ErrorCode.FILE_INVALID,
                "the file in the hub directory tells the place of another block: directory=" + elsewhere,
                "see who uses that directory; datahub rm takes away the file alone");
    }
}
