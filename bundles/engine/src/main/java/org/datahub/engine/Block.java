package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.datahub.api.BufferPolicy;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.IntegrityMode;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
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
    final MemorySegment data;
    final Geometry geometry;
    final SharedLayout shared;
    final long idHigh;
    final long idLow;
    final long generation;
    final int generationEntry;
    final String allocator;
    final int ownerUid;
    private final Arena arena;

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
            Generation current,
            int ownerUid) {
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
        this.data = current.data;
        this.geometry = current.geometry;
        this.generation = current.number;
        this.generationEntry = current.entry;
        this.allocator = current.allocator;
        this.idHigh = Words.plain(state, StateLayout.BLOCK_ID_HIGH);
        this.idLow = Words.plain(state, StateLayout.BLOCK_ID_LOW);
        this.ownerUid = ownerUid;
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
        return "pid=" + Words.opaque(state, StateLayout.PID) + ", label="
                + Words.text(
                        state,
                        StateLayout.LABEL,
                        StateLayout.MOST_LABEL_BYTES,
                        Words.plainInt(state, StateLayout.LABEL_BYTES));
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
        arena.close();
    }

    /// A data segment that is mapped and checked.
    private record Generation(long number, int entry, String allocator, Geometry geometry, MemorySegment data) {}

    /// What is open so far, so that it can be closed where a check fails.
    private static final class Opening {
        private static final int MOST_RETIRED = 100; // handovers during one opening

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
                FileStatus status = regular(file, -1);
                owner = status.uid();
                state = mapState(file, status);
            }
            if (Words.acquire(state, StateLayout.REMOVED) != 0) return null;
            place.check(state);
            SharedLayout shared = SharedLayout.read(state, rows(state));
            MemorySegment control = mapControl(state, shared, owner);
            lock = required(LOCK, use != Use.LOOK);
            regular(lock, owner);
            Generation current = mapCurrent(state, owner);
            return new Block(kernel, name, hub, place, lock, arena, state, control, shared, current, owner);
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

        /// @param owner who must own it, or -1
        private FileStatus regular(NativeFile file, int owner) {
            FileStatus status = file.status();
            if (status.kind() != FileStatus.Kind.REGULAR) {
                throw invalid("a file of the block is no regular file: path=" + file.path(), null);
            }
            if (owner >= 0 && status.uid() != owner) {
                throw invalid(
                        "a file of the block has another owner than its state: path=" + file.path() + ", owner="
                                + status.uid() + ", state.owner=" + owner,
                        null);
            }
            return status;
        }

        private MemorySegment mapState(NativeFile file, FileStatus status) {
            size(file, status, StateLayout.BYTES);
            MemorySegment state = file.map(status.bytes(), use == Use.PRODUCE, arena);
            header(
                    file.path(),
                    state,
                    StateLayout.MAGIC,
                    StateLayout.MAGIC_WORD,
                    StateLayout.LAYOUT_VERSION,
                    StateLayout.BYTE_ORDER,
                    StateLayout.LAYOUT_HASH);
            same(file.path(), "state_bytes", Words.plain(state, StateLayout.STATE_BYTES), status.bytes());
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
                FileStatus status = regular(file, owner);
                size(file, status, expected);
                same(file.path(), "control_bytes", bytes, status.bytes());
                MemorySegment control = file.map(bytes, use != Use.LOOK, arena);
                header(
                        file.path(),
                        control,
                        ControlLayout.MAGIC,
                        ControlLayout.MAGIC_WORD,
                        ControlLayout.LAYOUT_VERSION,
                        ControlLayout.BYTE_ORDER,
                        ControlLayout.LAYOUT_HASH);
                identity(file.path(), state, control, ControlLayout.BLOCK_ID_HIGH, ControlLayout.BLOCK_ID_LOW);
                same(file.path(), "control_bytes", Words.plain(control, ControlLayout.CONTROL_BYTES), bytes);
                same(file.path(), "rows_offset", Words.plain(control, ControlLayout.ROWS_OFFSET), ControlLayout.BYTES);
                same(file.path(), "rows", Words.plainInt(control, ControlLayout.ROWS), shared.rows());
                same(
                        file.path(),
                        "zones_offset",
                        Words.plain(control, ControlLayout.ZONES_OFFSET),
                        shared.zonesOffset());
                same(
                        file.path(),
                        "locks_offset",
                        Words.plain(control, ControlLayout.LOCKS_OFFSET),
                        shared.locksOffset());
                same(file.path(), "row_bytes", Words.plainInt(control, ControlLayout.ROW_BYTES), RowLayout.BYTES);
                return control;
            }
        }

        private static int rows(MemorySegment state) {
            int rows = Words.plainInt(state, StateLayout.ROWS);
            if (rows < 1 || rows > StateLayout.MOST_ROWS) {
                throw invalid("the state is damaged: rows=" + rows + ", most=" + StateLayout.MOST_ROWS, null);
            }
            return rows;
        }

        /// The generation that the next slot belongs to. One that is retired while it is opened is not the current one
        /// any more: the table is read again.
        private Generation mapCurrent(MemorySegment state, int owner) {
            GenerationTable table = new GenerationTable(state);
            for (int look = 0; look < MOST_RETIRED; look++) {
                int entry = table.current();
                if (entry == GenerationTable.NONE) break;
                long number = table.number(entry);
                try {
                    return mapData(state, entry, StateLayout.generation(entry), number, owner);
                } catch (DataHubException | KernelException e) {
                    if (table.bears(entry, number)) throw e;
                }
            }
            throw invalid("the state names no data segment: path=" + path(STATE), null);
        }

        private Generation mapData(MemorySegment state, int entry, long at, long number, int owner) {
            String allocatorName = Words.text(
                    state,
                    at + GenerationEntry.ALLOCATOR,
                    32,
                    Words.plainInt(state, at + GenerationEntry.ALLOCATOR_BYTES));
            String locator = Words.text(
                    state,
                    at + GenerationEntry.LOCATOR,
                    256,
                    Words.plainInt(state, at + GenerationEntry.LOCATOR_BYTES));
            SegmentAllocator allocator = providers.allocator(allocatorName);
            try (NativeFile file = allocator.open(directory, locator, dataFile(number), use == Use.PRODUCE)) {
                if (file == null) throw invalid("the data segment is missing: path=" + path(dataFile(number)), null);
                FileStatus status = regular(file, owner);
                if (status.bytes() < DataLayout.BYTES) size(file, status, DataLayout.BYTES);
                same(file.path(), "data_bytes", Words.plain(state, at + GenerationEntry.DATA_BYTES), status.bytes());
                MemorySegment data = file.map(status.bytes(), use == Use.PRODUCE, arena);
                header(
                        file.path(),
                        data,
                        DataLayout.MAGIC,
                        DataLayout.MAGIC_WORD,
                        DataLayout.LAYOUT_VERSION,
                        DataLayout.BYTE_ORDER,
                        DataLayout.LAYOUT_HASH);
                identity(file.path(), state, data, DataLayout.BLOCK_ID_HIGH, DataLayout.BLOCK_ID_LOW);
                same(file.path(), "data_bytes", Words.plain(data, DataLayout.DATA_BYTES), status.bytes());
                same(file.path(), "generation", Words.plain(data, DataLayout.GENERATION), number);
                return new Generation(
                        number, entry, allocatorName, geometry(file.path(), state, data, status.bytes()), data);
            }
        }

        private static Geometry geometry(String path, MemorySegment state, MemorySegment data, long bytes) {
            long capacity = ranged("capacity", Words.plain(data, DataLayout.CAPACITY), 1, 1L << 40);
            long align = ranged("align", Words.plain(data, DataLayout.ALIGN), 32, 4096);
            if (Long.bitCount(align) != 1)
                throw invalid("the block is damaged: align=" + align + ", no power of two", null);
            Geometry geometry;
            try {
                geometry = Geometry.of(
                        constant(SyncPolicy.values(), Words.plainInt(state, StateLayout.SYNC_POLICY)),
                        capacity,
                        ranged("batch", Words.plain(data, DataLayout.BATCH), 1, Math.min(capacity, 1 << 20)),
                        ranged("slot_bytes", Words.plain(data, DataLayout.SLOT_BYTES), 1, Integer.MAX_VALUE),
                        align,
                        rows(state),
                        (int) ranged(
                                "pins_per_row",
                                Words.plainInt(state, StateLayout.PINS_PER_ROW),
                                1,
                                RowLayout.MOST_PINS),
                        constant(Timestamps.values(), Words.plainInt(state, StateLayout.TIMESTAMPS)),
                        constant(IntegrityMode.values(), Words.plainInt(state, StateLayout.INTEGRITY_MODE)));
            } catch (DataHubException e) {
                throw e.code() == ErrorCode.FILE_INVALID ? e : invalid("damaged: path=" + path + ": " + e.problem(), e);
            }
            same(path, "cells", Words.plain(data, DataLayout.CELLS), geometry.cells());
            same(path, "first_payload", Words.plain(data, DataLayout.FIRST_PAYLOAD), geometry.firstPayload());
            same(path, "stride", Words.plain(data, DataLayout.STRIDE), geometry.stride());
            same(path, "tag_offset", Words.plain(data, DataLayout.TAG_OFFSET), geometry.tagOffset());
            same(path, "discipline", Words.plainInt(data, DataLayout.DISCIPLINE), geometry.discipline());
            if (bytes < geometry.dataBytes()) {
                same(path, "size for its geometry", bytes, geometry.dataBytes());
            }
            BufferPolicy buffer = constant(BufferPolicy.values(), Words.plainInt(state, StateLayout.BUFFER_POLICY));
            same(path, "buffer_policy", buffer.ordinal(), geometry.buffer().ordinal());
            return geometry;
        }

        private static long ranged(String what, long value, long least, long most) {
            if (value >= least && value <= most) return value;
            throw invalid("the block is damaged: " + what + "=" + value + ", least=" + least + ", most=" + most, null);
        }

        private static <T> T constant(T[] values, int ordinal) {
            return values[(int) ranged(values[0].getClass().getSimpleName(), ordinal, 0, values.length - 1)];
        }

        private static void size(NativeFile file, FileStatus status, long expected) {
            if (status.bytes() >= expected) return;
            throw invalid(
                    "a file of the block is too short: path=" + file.path() + ", bytes=" + status.bytes() + ", least="
                            + expected,
                    null);
        }

        private static void same(String path, String what, long said, long is) {
            if (said == is) return;
            throw invalid(
                    "a file of the block contradicts itself: path=" + path + ", " + what + "=" + said + ", but " + is,
                    null);
        }

        private static void identity(String path, MemorySegment state, MemorySegment other, long high, long low) {
            if (Words.plain(state, StateLayout.BLOCK_ID_HIGH) == Words.plain(other, high)
                    && Words.plain(state, StateLayout.BLOCK_ID_LOW) == Words.plain(other, low)) return;
            throw invalid("a file belongs to another block than its state: path=" + path, null);
        }

        private static void header(
                String path, MemorySegment segment, long magic, long word, long version, long order, long hash) {
            long found = Words.acquire(segment, magic);
            if (found != word) {
                String hint = found == Long.reverseBytes(word) ? " (the bytes of another byte order)" : "";
                throw invalid(
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
