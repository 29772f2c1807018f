package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.List;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Wire;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.SegmentAllocator;

/// Makes a block whole under a name that nobody looks for, then renames it: a half-built block is
/// never seen, and one
/// that its builder left behind is swept away by the next builder.
///
/// The builder holds byte 0 of the new block's lock file from its first moment, so a sweeper knows
/// the dead from the slow.
final class NewBlock {
    static final String PREFIX = ".tmp-";
    private static final int DIRECTORY_MODE = 02750;
    private static final int STATE_MODE = 0640;
    private static final int SHARED_MODE = 0660;
    private static final int ATTEMPTS = 10;
    private static final long FIRST = 1; // number of a block's first generation
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Kernel kernel;
    private final Directory place;
    private final String name;
    private final Geometry geometry;
    private final SharedLayout shared;
    private final Providers providers;
    private final SegmentAllocator allocator;

    NewBlock(
            Kernel kernel,
            Directory place,
            String name,
            Geometry geometry,
            SharedLayout shared,
            Providers providers,
            SegmentAllocator allocator) {
        this.kernel = kernel;
        this.place = place;
        this.name = name;
        this.geometry = geometry;
        this.shared = shared;
        this.providers = providers;
        this.allocator = allocator;
    }

    /// Makes it; false if another process was faster with the name. Byte 0 is free afterwards.
    ///
    /// @throws DataHubException `DH-1005`, `DH-1006`, `DH-1017`
    boolean make() {
        for (int attempt = 1; ; attempt++) {
            try {
                if (attempt == 1) sweep(kernel, place, providers);
                return attempt(PREFIX + Long.toHexString(RANDOM.nextLong()));
            } catch (Swept e) {
                if (attempt == ATTEMPTS) throw failed(e.cause);
            } catch (KernelException e) {
                throw failed(e);
            } catch (DataHubException e) {
                throw new DataHubException(e.code(), e.problem() + ", block=" + name, e.advice(), e);
            }
        }
    }

    /// A sweeper took the new directory for a left-over, before its lock byte was held.
    private static final class Swept extends Exception {
        private static final long serialVersionUID = 1;
        private final transient KernelException cause;

        Swept(KernelException cause) {
            this.cause = cause;
        }
    }

    private boolean attempt(String temporary) throws Swept {
        String locator = allocator.home().isEmpty() ? allocator.locator() : "";
        makeDirectory(temporary);
        try (Directory directory = opened(temporary);
                NativeFile lock = hold(directory, temporary)) {
            boolean renamed = false;
            try {
                fill(directory, locator);
                renamed = place.rename(temporary, name);
                return renamed;
            } finally {
                if (!renamed) {
                    allocator.release(directory, locator, Block.dataFile(FIRST));
                    takeBack(directory, temporary);
                }
            }
        }
    }

    /// A sweeper may come between its name and the look at it.
    private void makeDirectory(String temporary) throws Swept {
        try {
            place.makeDirectory(temporary, DIRECTORY_MODE);
        } catch (KernelException e) {
            if (e.errno() == KernelException.ENOENT) throw new Swept(e);
            throw e;
        }
    }

    private Directory opened(String temporary) {
        try {
            return place.openDirectory(temporary);
        } catch (KernelException e) {
            place.removeDirectory(temporary);
            throw e;
        }
    }

    /// By the names that it made: to list a directory takes a descriptor, and that can be what is
    /// missing.
    private void takeBack(Directory directory, String temporary) {
        for (String file : List.of(Block.STATE, Block.CONTROL, Block.dataFile(FIRST), Block.LOCK))
            directory.unlink(file);
        place.removeDirectory(temporary);
    }

    private NativeFile hold(Directory directory, String temporary) throws Swept {
        KernelException gone = new KernelException("open " + temporary, KernelException.ENOENT);
        if (directory == null) throw new Swept(gone);
        NativeFile lock;
        try {
            lock = directory.create(Block.LOCK, SHARED_MODE);
        } catch (KernelException e) {
            if (e.errno() == KernelException.ENOENT) throw new Swept(e);
            takeBack(directory, temporary);
            throw e;
        }
        boolean ours = lock.tryLock(RowLayout.PRODUCER_LOCK)
                && directory.status().same(place.status(temporary))
                && lock.status().same(directory.status(Block.LOCK));
        if (ours) return lock;
        lock.close();
        throw new Swept(gone);
    }

    private DataHubException failed(KernelException e) {
        String where = "block=" + name + ", directory=" + place.path() + ": " + e.getMessage();
        return switch (e.errno()) {
            case KernelException.ENOSPC ->
                new DataHubException(
                        ErrorCode.NO_SPACE,
                        "no room for the block: " + where,
                        "choose fewer or smaller slots, remove unused blocks, or enlarge the file system",
                        e);
            case KernelException.EACCES, KernelException.EPERM, KernelException.EROFS ->
                new DataHubException(
                        ErrorCode.PERMISSION,
                        "no permission to make the block: " + where,
                        "check the mode of the directory, and whether its file system may be written",
                        e);
            default -> new DataHubException(ErrorCode.KERNEL, "the block can't be made: " + where, e.advice(), e);
        };
    }

    /// Removes what dead builders left: their byte 0 can be taken, and the name is still the temporary one. The byte
    /// of a builder that was done meanwhile can be taken too; then the directory is a block.
    static void sweep(Kernel kernel, Directory hub, Providers providers) {
        for (String left : hub.list()) {
            if (!left.startsWith(PREFIX)) continue;
            try (Directory directory = hub.openDirectory(left)) {
                if (directory == null) continue;
                try (NativeFile lock = directory.open(Block.LOCK, true)) {
                    // Without a lock file it was made this instant, or its builder died at once: leave an empty
                    // directory
                    // that removeDirectory takes, and nothing else.
                    if (lock == null) hub.removeDirectory(left);
                    else if (lock.tryLock(RowLayout.PRODUCER_LOCK)
                            && directory.status().same(hub.status(left))) {
                        SegmentEntry.releaseOutside(kernel, directory, providers);
                        discard(hub, directory, left);
                    }
                }
            } catch (KernelException e) {
                // Another user's, or not empty: not ours to sweep.
            } catch (DataHubException e) {
                // Its allocator is not here: a sweeper that has it takes the whole.
            }
        }
    }

    static void discard(Directory hub, Directory directory, String temporary) {
        for (String file : directory.list()) {
            if (!file.equals(Block.LOCK)) remove(directory, file);
        }
        remove(directory, Block.LOCK);
        hub.removeDirectory(temporary);
    }

    /// A damaged block can have a directory where a file should be.
    private static void remove(Directory directory, String name) {
        FileStatus status = directory.status(name);
        if (status == null) return;
        if (status.kind() == FileStatus.Kind.DIRECTORY) directory.removeDirectory(name);
        else directory.unlink(name);
    }

    private void fill(Directory directory, String locator) {
        long high = RANDOM.nextLong();
        long low = RANDOM.nextLong();
        try (Arena arena = Arena.ofConfined();
                NativeFile stateFile = directory.create(Block.STATE, STATE_MODE);
                NativeFile controlFile = directory.create(Block.CONTROL, SHARED_MODE)) {
            stateFile.reserve(shared.stateBytes());
            controlFile.reserve(shared.controlBytes());
            MemorySegment state = stateFile.map(shared.stateBytes(), true, arena);
            // Before the entry: it tells a sweeper that the entry can be read.
            Words.plain(state, StateLayout.LAYOUT_HASH, Wire.layoutHash());
            SegmentEntry.make(state, 0, FIRST, directory, allocator, locator, geometry, high, low);
            fillControl(controlFile.map(shared.controlBytes(), true, arena), high, low);
            fillState(state, high, low);
        }
    }

    private void fillControl(MemorySegment control, long high, long low) {
        Words.plainInt(control, ControlLayout.LAYOUT_VERSION, Wire.VERSION);
        Words.plainInt(control, ControlLayout.BYTE_ORDER, Wire.BYTE_ORDER);
        Words.plain(control, ControlLayout.LAYOUT_HASH, Wire.layoutHash());
        Words.plain(control, ControlLayout.CONTROL_BYTES, shared.controlBytes());
        Words.plain(control, ControlLayout.BLOCK_ID_HIGH, high);
        Words.plain(control, ControlLayout.BLOCK_ID_LOW, low);
        Words.plain(control, ControlLayout.ROWS_OFFSET, ControlLayout.BYTES);
        Words.plainInt(control, ControlLayout.ROWS, geometry.rows());
        Words.plainInt(control, ControlLayout.ROW_BYTES, RowLayout.BYTES);
        Words.plain(control, ControlLayout.ZONES_OFFSET, shared.zonesOffset());
        Words.plain(control, ControlLayout.ZONES_BYTES, shared.locksOffset() - shared.zonesOffset());
        Words.plain(control, ControlLayout.LOCKS_OFFSET, shared.locksOffset());
        Words.plain(control, ControlLayout.AUDIT_OFFSET, shared.controlBytes());
        Words.release(control, ControlLayout.MAGIC, ControlLayout.MAGIC_WORD);
    }

    private void fillState(MemorySegment state, long high, long low) {
        Words.plainInt(state, StateLayout.LAYOUT_VERSION, Wire.VERSION);
        Words.plainInt(state, StateLayout.BYTE_ORDER, Wire.BYTE_ORDER);
        Words.plain(state, StateLayout.STATE_BYTES, shared.stateBytes());
        Words.plain(state, StateLayout.BLOCK_ID_HIGH, high);
        Words.plain(state, StateLayout.BLOCK_ID_LOW, low);
        Words.plain(state, StateLayout.CONTROL_BYTES, shared.controlBytes());
        Words.plain(state, StateLayout.CREATED_UTC_NS, System.currentTimeMillis() * 1_000_000L);
        Words.plain(state, StateLayout.BOOT_ID_HIGH, kernel.identity().bootHigh());
        Words.plain(state, StateLayout.BOOT_ID_LOW, kernel.identity().bootLow());
        Words.plainInt(state, StateLayout.SYNC_POLICY, geometry.policy().ordinal());
        Words.plainInt(state, StateLayout.BUFFER_POLICY, geometry.buffer().ordinal());
        Words.plainInt(state, StateLayout.ROWS, geometry.rows());
        Words.plainInt(state, StateLayout.PINS_PER_ROW, geometry.pins());
        Words.plainInt(state, StateLayout.TIMESTAMPS, geometry.timestamps().ordinal());
        Words.plainInt(
                state, StateLayout.INTEGRITY_MODE, geometry.integrityMode().ordinal());
        Words.plainInt(state, StateLayout.NAME_BYTES, Words.text(state, StateLayout.NAME, 256, name));
        Words.plain(state, StateLayout.GENERATIONS_MADE, FIRST);
        Words.plainInt(state, StateLayout.ZONES, shared.zones().size());
        Words.plainInt(state, StateLayout.LOCKS, shared.locks());
        shared.fill(state);
        SegmentEntry.phase(state, 0, GenerationEntry.IN_USE);
        Words.release(state, StateLayout.MAGIC, StateLayout.MAGIC_WORD);
    }
}
