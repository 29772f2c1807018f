package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.Function;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.PlaceLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Wire;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;

/// Makes, or finds again, a block whose files are outside the hub directory, and writes the file
/// there that tells the place. A block that is found again was left by programs of another hub
/// directory, or by those before a restart of the machine.
final class PlacedBlock {
    private static final String PREFIX = ".place-";
    private static final int MODE = 0640;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Kernel kernel;
    private final HubDirectory hub;
    private final String name;
    private final Path home;

    PlacedBlock(Kernel kernel, HubDirectory hub, String name, String home) {
        this.kernel = kernel;
        this.hub = hub;
        this.name = name;
        this.home = Path.of(home).normalize();
    }

    /// Makes one step: the block, or the file that tells where it is. False when others were faster
    /// or are at it, so that the caller looks again.
    ///
    /// @throws DataHubException `DH-1021`, and what [NewBlock#make] says
    boolean make(Function<Directory, NewBlock> recipe) {
        try (Directory directory = openHome()) {
            FileStatus misleading = misleading();
            try (Directory block = directory.openDirectory(name)) {
                if (block != null) return tell(block);
                if (misleading != null && misleading.same(hub.directory().status(name)))
                    hub.directory().unlink(name);
                return recipe.apply(directory).make();
            }
        } catch (KernelException e) {
            throw failed(e);
        }
    }

    /// The file of the name, where it tells a directory that is gone; else null.
    private FileStatus misleading() {
        FileStatus there = hub.directory().status(name);
        boolean ours = there != null && there.kind() == FileStatus.Kind.REGULAR && there.uid() == kernel.uid();
        return ours && !told() ? there : null;
    }

    private DataHubException failed(KernelException e) {
        return switch (e.errno()) {
            case KernelException.EACCES, KernelException.EPERM, KernelException.EROFS ->
                unusable("no permission: " + e.getMessage(), e);
            case KernelException.ELOOP, KernelException.ENOTDIR ->
                unusable("the block's name is taken by something else: " + e.getMessage(), e);
            default ->
                new DataHubException(
                        ErrorCode.KERNEL,
                        "the block's place can't be used: block=" + name + ", directory=" + home + ": "
                                + e.getMessage(),
                        e.advice(),
                        e);
        };
    }

    private Directory openHome() {
        Directory directory;
        try {
            directory = kernel.openDirectory(home);
        } catch (KernelException e) {
            throw unusable(
                    switch (e.errno()) {
                        case KernelException.ENOENT -> "it does not exist";
                        case KernelException.ENOTDIR, KernelException.ELOOP -> "it is no directory, or a symbolic link";
                        default -> e.getMessage();
                    },
                    e);
        }
        String fault = HubDirectory.distrust(directory.status(), kernel.uid());
        if (fault == null) return directory;
        directory.close();
        throw unusable(fault, null);
    }

    private DataHubException unusable(String why, KernelException cause) {
        return new DataHubException(
                ErrorCode.MEMORY_DIRECTORY,
                "the directory for blocks can't be used: directory=" + home + ", block=" + name + ": " + why,
                "make one that only you may write (mkdir -m 700 " + home + "), or choose another",
                cause);
    }

    /// Writes the file into the hub directory. Under the administrator's byte of the block: one at a
    /// time.
    private boolean tell(Directory block) {
        try (NativeFile lock = block.open(Block.LOCK, true)) {
            if (lock == null) throw damaged(Block.LOCK);
            if (!lock.tryLock(RowLayout.ADMIN_LOCK)) return false;
            if (misleading() != null) hub.directory().unlink(name);
            return hub.directory().status(name) == null && write(block);
        }
    }

    /// Whether the file that is there leads somewhere.
    private boolean told() {
        Place place = Place.find(kernel, hub, name);
        if (place == null) return false;
        place.directory().close();
        return true;
    }

    private DataHubException damaged(String file) {
        return Block.invalid(
                "a file of the block is missing: path=" + home.resolve(name).resolve(file), null);
    }

    private boolean write(Directory block) {
        sweep();
        String temporary = PREFIX + Long.toHexString(RANDOM.nextLong());
        try (Arena arena = Arena.ofConfined();
                NativeFile state = block.open(Block.STATE, false);
                NativeFile file = hub.directory().create(temporary, MODE)) {
            boolean renamed = false;
            try {
                if (state == null || state.status().bytes() < StateLayout.BYTES) throw damaged(Block.STATE);
                MemorySegment id = state.map(StateLayout.BYTES, false, arena);
                file.tryLock(0);
                file.reserve(PlaceLayout.BYTES);
                fill(file.map(PlaceLayout.BYTES, true, arena), id);
                renamed = hub.directory().rename(temporary, name);
                return renamed;
            } finally {
                if (!renamed) hub.directory().unlink(temporary);
            }
        }
    }

    private void fill(MemorySegment words, MemorySegment state) {
        Words.plainInt(words, PlaceLayout.LAYOUT_VERSION, Wire.VERSION);
        Words.plainInt(words, PlaceLayout.BYTE_ORDER, Wire.BYTE_ORDER);
        Words.plain(words, PlaceLayout.BLOCK_ID_HIGH, Words.plain(state, StateLayout.BLOCK_ID_HIGH));
        Words.plain(words, PlaceLayout.BLOCK_ID_LOW, Words.plain(state, StateLayout.BLOCK_ID_LOW));
        Words.plainInt(
                words,
                PlaceLayout.PATH_BYTES,
                Words.text(
                        words,
                        PlaceLayout.PATH,
                        PlaceLayout.MOST_PATH_BYTES,
                        home.resolve(name).toString()));
        Words.release(words, PlaceLayout.MAGIC, PlaceLayout.MAGIC_WORD);
    }

    /// Removes the files that dead writers left under their temporary names.
    private void sweep() {
        for (String left : hub.directory().list()) {
            if (!left.startsWith(PREFIX)) continue;
            try (NativeFile file = hub.directory().open(left, true)) {
                if (file != null && file.tryLock(0)) hub.directory().unlink(left);
            } catch (KernelException e) {
                // Another user's, or no file: not ours to sweep.
            }
        }
    }
}
