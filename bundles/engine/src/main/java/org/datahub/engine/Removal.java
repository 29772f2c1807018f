package org.datahub.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;

/// Takes a block away that nobody uses: every lock byte first, then the word REMOVED, then the
/// name, then the files.
final class Removal {
    // A large process takes this long to die; and what a process closed stays locked while a child
    // that it forked meanwhile has not reached its exec.
    private static final long DYING_NANOS = 1_000_000_000L;
    private static final long POLL_NANOS = 5_000_000L;

    private final Kernel kernel;
    private final HubDirectory hub;
    private final String name;
    private final Providers providers;

    Removal(Kernel kernel, HubDirectory hub, String name, Providers providers) {
        this.kernel = kernel;
        this.hub = hub;
        this.name = name;
        this.providers = providers;
    }

    /// Removes it; false where there is no such block.
    ///
    /// @throws DataHubException `DH-1010` while somebody uses it, `DH-1009` when it is another
    ///     user's
    boolean remove() {
        try {
            Place place = Place.find(kernel, hub, name);
            if (place == null) return removeFile();
            try (Directory directory = place.directory()) {
                int owner = directory.status().uid();
                if (owner != kernel.uid()) throw Block.foreignOwner(name, owner, kernel.uid(), null);
                if (!place.holds()) return removeFile(); // what stands there is another block
                remove(place, directory);
            }
            return true;
        } catch (KernelException e) {
            if (e.errno() != KernelException.ENOTDIR && e.errno() != KernelException.ELOOP) throw failed(e);
            throw Block.invalid("not a block: name=" + name + ", hub=" + hub.path(), e);
        }
    }

    /// Finishes the removal that its remover died in.
    void removeIfMarked() {
        try (Block block = Block.open(kernel, hub, name, Block.Use.LOOK, providers)) {
            if (block != null) return;
        }
        remove();
    }

    private DataHubException failed(KernelException e) {
        return new DataHubException(
                ErrorCode.KERNEL, "the block can't be removed: name=" + name + ": " + e.getMessage(), e.advice(), e);
    }

    /// A file that tells a directory that is gone, or the place of another block.
    private boolean removeFile() {
        if (hub.directory().status(name) == null) return false;
        hub.directory().unlink(name);
        return true;
    }

    private void remove(Place place, Directory directory) {
        // A damaged lock file can't be locked by anybody: then there is nobody to ask.
        try (NativeFile lock = lock(directory)) {
            if (lock != null) takeAll(lock);
            if (!place.current(hub, name)) throw absent();
            mark();
            String away = NewBlock.PREFIX
                    + Long.toHexString(System.nanoTime())
                    + Long.toHexString(directory.status().inode());
            if (place.elsewhere() == null) {
                discard(hub.directory(), directory, away);
            } else {
                try (Directory home = kernel.openDirectory(place.elsewhere().getParent())) {
                    discard(home, directory, away);
                }
                hub.directory().unlink(name);
            }
        }
    }

    private void discard(Directory home, Directory directory, String away) {
        if (!home.rename(name, away)) throw absent();
        SegmentEntry.releaseOutside(kernel, directory, providers);
        NewBlock.discard(home, directory, away);
    }

    private DataHubException absent() {
        return new DataHubException(
                ErrorCode.BLOCK_NOT_FOUND,
                "the block went away meanwhile: name=" + name + ", hub=" + hub.path(),
                "see datahub ls");
    }

    private static NativeFile lock(Directory directory) {
        FileStatus status = directory.status(Block.LOCK);
        if (status == null || status.kind() != FileStatus.Kind.REGULAR) return null;
        return directory.open(Block.LOCK, true);
    }

    /// What dies lets go within a second. Until then the remover holds nothing either: whoever
    /// joins or writes meanwhile is not refused because of him.
    private void takeAll(NativeFile lock) {
        long deadline = kernel.nanos() + DYING_NANOS;
        List<String> held = tryAll(lock);
        while (!held.isEmpty()) {
            letGo(lock);
            if (kernel.nanos() - deadline >= 0) throw inUse(held);
            LockSupport.parkNanos(POLL_NANOS);
            Pause.requireUninterrupted();
            held = tryAll(lock);
        }
    }

    private DataHubException inUse(List<String> held) {
        return new DataHubException(
                ErrorCode.BLOCK_IN_USE,
                "the block is in use: name=" + name + ", by " + String.join(", ", held),
                "end them first; datahub info " + name + " tells who they are");
    }

    private static List<String> tryAll(NativeFile lock) {
        List<String> held = new ArrayList<>();
        take(lock, RowLayout.PRODUCER_LOCK, "the producer", held);
        take(lock, RowLayout.ADMIN_LOCK, "an administrator", held);
        for (int row = 0; row < StateLayout.MOST_ROWS; row++) {
            take(lock, RowLayout.FIRST_LOCK + row, "consumer " + row, held);
        }
        return held;
    }

    private static void letGo(NativeFile lock) {
        lock.unlock(RowLayout.PRODUCER_LOCK);
        lock.unlock(RowLayout.ADMIN_LOCK);
        for (int row = 0; row < StateLayout.MOST_ROWS; row++) lock.unlock(RowLayout.FIRST_LOCK + row);
    }

    /// Whoever misses one byte only looks at the others: of two removers, one must get them all.
    private static void take(NativeFile lock, long position, String who, List<String> held) {
        boolean free = held.isEmpty() ? lock.tryLock(position) : !lock.lockedByOther(position);
        if (!free) held.add(who);
    }

    /// Tells whoever still maps the files; a damaged block has nobody to tell.
    private void mark() {
        try (Block block = Block.open(kernel, hub, name, Block.Use.PRODUCE, providers)) {
            if (block != null) Words.release(block.state, StateLayout.REMOVED, 1);
        } catch (DataHubException e) {
            if (e.code() != ErrorCode.FILE_INVALID && e.code() != ErrorCode.LAYOUT_VERSION) throw e;
        }
    }
}
