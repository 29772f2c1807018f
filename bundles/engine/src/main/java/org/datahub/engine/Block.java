package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;

/// A block's files, open, mapped and checked: every size and offset was copied into final fields
/// and compared before it
/// is used, and none is read from shared memory again.
final class Block implements AutoCloseable {
    /// What the caller will do with the block, and so what is mapped writable.
    enum Use {
        /// Looks only.
        LOOK,
        /// Reads slots and owns a row.
        CONSUME,
        /// Owns the block.
        PRODUCE
    }

    static final String STATE = "state";
    static final String CONTROL = "control";
    static final String LOCK = "lock";

    final Kernel kernel;
    final String name;
    final HubDirectory hub;
    private final HubDirectory.Use use;
    final Directory directory;
    final Path elsewhere; // the directory's path where the hub directory has a file of the name; else null
    private final FileStatus identity; // of what had the name, whatever has it by now
    final NativeFile lock;
    final MemorySegment state;
    final MemorySegment control;
    final SharedLayout shared;
    final long idHigh;
    final long idLow;
    final int ownerUid;
    private final Arena arena;
    private final Generation.Source source;

    // Of the generation that its user is in; changed by the user's thread alone, between two slots.
    MemorySegment data;
    Geometry geometry;
    Generation generation;

    private Block(
            Kernel kernel,
            String name,
            HubDirectory hub,
            Place place,
            NativeFile lock,
            Arena arena,
            MemorySegment state,
            MemorySegment control,
            SharedLayout shared,
            Generation.Source source,
            Generation current) {
        this.kernel = kernel;
        this.name = name;
        this.hub = hub;
        this.use = hub.use();
        this.directory = place.directory();
        this.elsewhere = place.elsewhere();
        this.identity = place.named();
        this.lock = lock;
        this.arena = arena;
        this.state = state;
        this.control = control;
        this.shared = shared;
        this.source = source;
        enter(current);
        this.idHigh = Words.plain(state, StateLayout.BLOCK_ID_HIGH);
        this.idLow = Words.plain(state, StateLayout.BLOCK_ID_LOW);
        this.ownerUid = source.owner();
    }

    /// From now on `data` and `geometry` are those of this generation. The former one is its caller's to
    /// close.
    void enter(Generation next) {
        generation = next;
        data = next.data();
        geometry = next.geometry();
    }

    /// Enters the generation that the next slot belongs to by now: until the caller had byte 0, others
    /// could hand the block over.
    void enterNewest() {
        GenerationTable table = new GenerationTable(state);
        int entry = table.current();
        if (entry != GenerationTable.NONE && table.number(entry) == generation.number()) return;
        Generation former = generation;
        enter(source.current());
        former.close();
    }

    /// Goes back to the oldest generation that stands, if the slots that it holds lead up to those of the
    /// present one without a gap.
    void enterOldest() {
        if (geometry.state() || generation.oldest(generation.newest()) != generation.first()) return;
        Generation oldest = openFormer();
        if (oldest == null) return;
        generation.close();
        enter(oldest);
    }

    /// Opens the generation that was cut and still stands; null where there is none, or none any more.
    Generation openFormer() {
        GenerationTable table = new GenerationTable(state);
        int entry = table.former(generation.number());
        return entry == GenerationTable.NONE ? null : open(entry, table.number(entry));
    }

    /// Opens the generation of an entry of the table.
    ///
    /// @return null where the entry bears another number by now
    Generation open(int entry, long number) {
        return source.open(entry, number);
    }

    static String dataFile(long generation) {
        return "data." + generation;
    }

    /// Opens the block, or returns null where there is none of that name.
    ///
    /// @throws DataHubException `DH-1007`, `DH-1008`, `DH-1013`, `DH-1016`, `DH-1017`
    static Block open(Kernel kernel, HubDirectory hub, String name, Use use, Providers providers) {
        Opening opening = new Opening(kernel, hub, name, use, providers);
        try {
            Block block = opening.open();
            if (block == null) opening.undo();
            return block;
        } catch (KernelException | DataHubException e) {
            boolean away = opening.away();
            opening.undo();
            if (away) return null;
            throw e instanceof KernelException refused ? translated(refused, hub, name) : e;
        } catch (RuntimeException | InternalError e) {
            opening.undo();
            throw e;
        }
    }

    private static DataHubException translated(KernelException e, HubDirectory hub, String name) {
        String where = "block=" + name + ", hub=" + hub.path() + ": " + e.getMessage();
        return switch (e.errno()) {
            case KernelException.EACCES, KernelException.EPERM ->
                new DataHubException(
                        ErrorCode.PERMISSION,
                        "no permission for the block: " + where,
                        "run as its owner, or share the hub directory with a group (mode 3770)",
                        e);
            case KernelException.ELOOP, KernelException.ENXIO, KernelException.ENOTDIR, KernelException.EISDIR ->
                invalid("a file of the block is no regular file: " + where, e);
            default -> new DataHubException(ErrorCode.KERNEL, "the block can't be opened: " + where, e.advice(), e);
        };
    }

    static DataHubException invalid(String problem, Throwable cause) {
        return new DataHubException(
                ErrorCode.FILE_INVALID,
                problem,
                "if no program uses the block, remove its directory and make it anew",
                cause);
    }

    /// Whether the path still names this block and it is not removed: what a lock byte is worth
    /// (asked after taking it).
    boolean current() {
        FileStatus there = hub.directory().status(name);
        return identity.same(there) && Words.acquire(state, StateLayout.REMOVED) == 0;
    }

    /// Why [#current] is false.
    DataHubException gone() {
        if (Words.acquire(state, StateLayout.REMOVED) != 0) {
            return new DataHubException(
                    ErrorCode.BLOCK_REMOVED, "the block was removed: name=" + name, "create it anew, or attach again");
        }
        return new DataHubException(
                ErrorCode.BLOCK_ORPHANED,
                "the block's name has vanished or names another block now: name=" + name + ", hub=" + hub.path(),
                "close this handle and open the block again; systemd's RemoveIPC and rm -r do this");
    }

    /// Who holds byte 0, in words.
    String producerText() {
        Introduction told = Introduction.load(state);
        return "pid=" + told.pid() + ", label=" + told.label();
    }

    /// Whether some process produces into the block.
    boolean producerAlive() {
        return lock.lockedByOther(RowLayout.PRODUCER_LOCK);
    }

    @Override
    public void close() {
        lock.close();
        directory.close();
        use.close();
        generation.close();
        arena.close();
    }

    /// What is open so far, so that it can be closed where a check fails.
    private static final class Opening {
        private final Kernel kernel;
        private final HubDirectory hub;
        private final String name;
        private final Use use;
        private final Providers providers;
        private final Arena arena = Arena.ofShared();
        private Place place;
        private Directory directory;
        private NativeFile lock;

        Opening(Kernel kernel, HubDirectory hub, String name, Use use, Providers providers) {
            this.kernel = kernel;
            this.hub = hub;
            this.name = name;
            this.use = use;
            this.providers = providers;
        }

        Block open() {
            place = Place.find(kernel, hub, name);
            if (place == null) return null;
            directory = place.directory();
            int owner;
            MemorySegment state;
            try (NativeFile file = required(STATE, use == Use.PRODUCE)) {
                FileStatus status = FileChecks.regular(file, -1);
                owner = status.uid();
                state = mapState(file, status);
            }
            if (Words.acquire(state, StateLayout.REMOVED) != 0) return null;
            place.check(state);
            SharedLayout shared = SharedLayout.read(state, FileChecks.rows(state));
            MemorySegment control = mapControl(state, shared, owner);
            lock = required(LOCK, use != Use.LOOK);
            FileChecks.regular(lock, owner);
            Generation.Source source = new Generation.Source(directory, state, owner, use == Use.PRODUCE, providers);
            Generation current = source.current();
            return new Block(kernel, name, hub, place, lock, arena, state, control, shared, source, current);
        }

        /// Whether a remover has taken the name meanwhile: then nothing that was found says
        /// anything about a block.
        boolean away() {
            return place != null && !place.current(hub, name);
        }

        void undo() {
            if (lock != null) lock.close();
            if (directory != null) directory.close();
            arena.close();
        }

        private NativeFile required(String file, boolean writable) {
            try {
                NativeFile opened = directory.open(file, writable);
                if (opened == null) throw invalid("a file of the block is missing: path=" + path(file), null);
                return opened;
            } catch (KernelException e) {
                // Mode 0640: another user may read and not produce; he is told so by name.
                if (use == Use.PRODUCE && e.errno() == KernelException.EACCES) throw foreign(directory.status(file), e);
                throw e;
            }
        }

        private DataHubException foreign(FileStatus status, KernelException cause) {
            return foreignOwner(name, status == null ? -1 : status.uid(), kernel.uid(), cause);
        }

        private MemorySegment mapState(NativeFile file, FileStatus status) {
            FileChecks.size(file, status, StateLayout.BYTES);
            MemorySegment state = file.map(status.bytes(), use == Use.PRODUCE, arena);
            FileChecks.header(
                    file.path(),
                    state,
                    StateLayout.MAGIC,
                    StateLayout.MAGIC_WORD,
                    StateLayout.LAYOUT_VERSION,
                    StateLayout.BYTE_ORDER,
                    StateLayout.LAYOUT_HASH);
            FileChecks.same(file.path(), "state_bytes", Words.plain(state, StateLayout.STATE_BYTES), status.bytes());
            String said = Words.text(state, StateLayout.NAME, 256, Words.plainInt(state, StateLayout.NAME_BYTES));
            if (!said.equals(name)) {
                throw invalid("the state names another block: path=" + file.path() + ", name=" + said, null);
            }
            return state;
        }

        private MemorySegment mapControl(MemorySegment state, SharedLayout shared, int owner) {
            long bytes = Words.plain(state, StateLayout.CONTROL_BYTES);
            long expected = shared.controlBytes();
            try (NativeFile file = required(CONTROL, use != Use.LOOK)) {
                FileStatus status = FileChecks.regular(file, owner);
                FileChecks.size(file, status, expected);
                FileChecks.same(file.path(), "control_bytes", bytes, status.bytes());
                MemorySegment control = file.map(bytes, use != Use.LOOK, arena);
                FileChecks.header(
                        file.path(),
                        control,
                        ControlLayout.MAGIC,
                        ControlLayout.MAGIC_WORD,
                        ControlLayout.LAYOUT_VERSION,
                        ControlLayout.BYTE_ORDER,
                        ControlLayout.LAYOUT_HASH);
                FileChecks.identity(
                        file.path(), state, control, ControlLayout.BLOCK_ID_HIGH, ControlLayout.BLOCK_ID_LOW);
                FileChecks.same(file.path(), "control_bytes", Words.plain(control, ControlLayout.CONTROL_BYTES), bytes);
                FileChecks.same(
                        file.path(),
                        "rows_offset",
                        Words.plain(control, ControlLayout.ROWS_OFFSET),
                        ControlLayout.BYTES);
                FileChecks.same(file.path(), "rows", Words.plainInt(control, ControlLayout.ROWS), shared.rows());
                FileChecks.same(
                        file.path(),
                        "zones_offset",
                        Words.plain(control, ControlLayout.ZONES_OFFSET),
                        shared.zonesOffset());
                FileChecks.same(
                        file.path(),
                        "locks_offset",
                        Words.plain(control, ControlLayout.LOCKS_OFFSET),
                        shared.locksOffset());
                FileChecks.same(
                        file.path(), "row_bytes", Words.plainInt(control, ControlLayout.ROW_BYTES), RowLayout.BYTES);
                return control;
            }
        }

        private String path(String file) {
            return directory.path() + "/" + file;
        }
    }

    static DataHubException foreignOwner(String name, int owner, int caller, Throwable cause) {
        return new DataHubException(
                ErrorCode.FOREIGN_OWNER,
                "the block belongs to another user: name=" + name + ", owner=" + owner + ", caller=" + caller,
                "produce as its owner, or use another name",
                cause);
    }
}
