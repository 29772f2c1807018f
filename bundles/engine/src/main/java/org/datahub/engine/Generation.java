package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.datahub.api.BufferPolicy;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.IntegrityMode;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Wire;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.SegmentAllocator;

/// A data segment, open, mapped and checked. Its memory is its own: a handle goes from one to the
/// next while the block's other files stay. Whoever opened it closes it.
///
/// @param number names it; never used twice in a block
/// @param entry its place in the generation table
/// @param allocator who made it
/// @param inMemory whether its pages are memory, and no disk's
/// @param geometry what its cells are
/// @param data the segment
/// @param arena of the mapping, and of what lives as long
record Generation(
        long number, int entry, String allocator, boolean inMemory, Geometry geometry, MemorySegment data, Arena arena)
        implements AutoCloseable {
    private static final int MOST_RETIRED = 100; // handovers during one opening

    /// Writes the head of a new segment, whose bytes are all 0. Its magic word comes last.
    static void fill(MemorySegment data, long bytes, long idHigh, long idLow, long number, Geometry geometry) {
        Words.plainInt(data, DataLayout.LAYOUT_VERSION, Wire.VERSION);
        Words.plainInt(data, DataLayout.BYTE_ORDER, Wire.BYTE_ORDER);
        Words.plain(data, DataLayout.LAYOUT_HASH, Wire.layoutHash());
        Words.plain(data, DataLayout.DATA_BYTES, bytes);
        Words.plain(data, DataLayout.BLOCK_ID_HIGH, idHigh);
        Words.plain(data, DataLayout.BLOCK_ID_LOW, idLow);
        Words.plain(data, DataLayout.GENERATION, number);
        Words.plain(data, DataLayout.CAPACITY, geometry.slots());
        Words.plain(data, DataLayout.BATCH, geometry.batch());
        Words.plain(data, DataLayout.CELLS, geometry.cells());
        Words.plain(data, DataLayout.SLOT_BYTES, geometry.slotBytes());
        Words.plain(data, DataLayout.ALIGN, geometry.align());
        Words.plain(data, DataLayout.FIRST_PAYLOAD, geometry.firstPayload());
        Words.plain(data, DataLayout.STRIDE, geometry.stride());
        Words.plain(data, DataLayout.TAG_OFFSET, geometry.tagOffset());
        Words.plainInt(data, DataLayout.DISCIPLINE, geometry.discipline());
        Words.release(data, DataLayout.MAGIC, DataLayout.MAGIC_WORD);
    }

    /// The first slot that it may hold: those before are in the generation before.
    long first() {
        return Words.acquire(data, DataLayout.FIRST);
    }

    /// The next slot of a stream, as of now.
    long newest() {
        return StreamWriter.newest(data, geometry);
    }

    /// The oldest slot of a stream that must be intact, seen from the next one.
    long oldest(long newest) {
        return Math.min(newest, Math.max(first(), newest - geometry.slots()));
    }

    @Override
    public void close() {
        arena.close();
    }

    /// Where generations of a block come from.
    ///
    /// @param directory the block's
    /// @param state the block's
    /// @param owner user id of whoever owns the block
    /// @param writable whether segments are mapped to be written
    /// @param providers has the allocators
    record Source(Directory directory, MemorySegment state, int owner, boolean writable, Providers providers) {
        /// The generation that the next slot belongs to. One that is retired while it is opened is not the
        /// current one any more: the table is read again.
        Generation current() {
            GenerationTable table = new GenerationTable(state);
            for (int look = 0; look < MOST_RETIRED; look++) {
                int entry = table.current();
                if (entry == GenerationTable.NONE) break;
                Generation opened = open(entry, table.number(entry));
                if (opened != null) return opened;
            }
            throw Block.invalid("the state names no data segment: path=" + path(Block.STATE), null);
        }

        /// Opens the generation with this number; null where its entry bears another one by now.
        ///
        /// @throws DataHubException where it can't be opened, and still stands there
        Generation open(int entry, long number) {
            Arena arena = Arena.ofShared();
            try {
                return map(entry, number, arena);
            } catch (DataHubException | KernelException e) {
                arena.close();
                if (new GenerationTable(state).bears(entry, number)) throw e;
                return null;
            } catch (RuntimeException | Error e) {
                arena.close();
                throw e;
            }
        }

        private Generation map(int entry, long number, Arena arena) {
            String name = SegmentEntry.allocator(state, entry);
            String locator = SegmentEntry.locator(state, entry);
            SegmentAllocator allocator = providers.allocator(name);
            try (NativeFile file = allocator.open(directory, locator, Block.dataFile(number), writable)) {
                if (file == null)
                    throw Block.invalid("the data segment is missing: path=" + path(Block.dataFile(number)), null);
                FileStatus status = FileChecks.regular(file, owner);
                FileChecks.size(file, status, DataLayout.BYTES);
                long said = Words.plain(state, StateLayout.generation(entry) + GenerationEntry.DATA_BYTES);
                FileChecks.same(file.path(), "data_bytes", said, status.bytes());
                MemorySegment data = file.map(status.bytes(), writable, arena);
                FileChecks.header(
                        file.path(),
                        data,
                        DataLayout.MAGIC,
                        DataLayout.MAGIC_WORD,
                        DataLayout.LAYOUT_VERSION,
                        DataLayout.BYTE_ORDER,
                        DataLayout.LAYOUT_HASH);
                FileChecks.identity(file.path(), state, data, DataLayout.BLOCK_ID_HIGH, DataLayout.BLOCK_ID_LOW);
                FileChecks.same(file.path(), "data_bytes", Words.plain(data, DataLayout.DATA_BYTES), status.bytes());
                FileChecks.same(file.path(), "generation", Words.plain(data, DataLayout.GENERATION), number);
                return new Generation(
                        number, entry, name, file.inMemory(), geometry(file.path(), data, status.bytes()), data, arena);
            }
        }

        private Geometry geometry(String path, MemorySegment data, long bytes) {
            long capacity =
                    FileChecks.ranged("capacity", Words.plain(data, DataLayout.CAPACITY), 1, Geometry.MOST_SLOTS);
            long align = FileChecks.ranged("align", Words.plain(data, DataLayout.ALIGN), 32, 4096);
            if (Long.bitCount(align) != 1)
                throw Block.invalid("the block is damaged: align=" + align + ", no power of two", null);
            long mostBatch = Math.min(capacity, 1 << 20);
            Geometry geometry;
            try {
                geometry = Geometry.of(
                        constant(SyncPolicy.values(), Words.plainInt(state, StateLayout.SYNC_POLICY)),
                        capacity,
                        FileChecks.ranged("batch", Words.plain(data, DataLayout.BATCH), 1, mostBatch),
                        FileChecks.ranged("slot_bytes", Words.plain(data, DataLayout.SLOT_BYTES), 1, Integer.MAX_VALUE),
                        align,
                        FileChecks.rows(state),
                        (int) FileChecks.ranged(
                                "pins_per_row",
                                Words.plainInt(state, StateLayout.PINS_PER_ROW),
                                1,
                                RowLayout.MOST_PINS),
                        constant(Timestamps.values(), Words.plainInt(state, StateLayout.TIMESTAMPS)),
                        constant(IntegrityMode.values(), Words.plainInt(state, StateLayout.INTEGRITY_MODE)));
            } catch (DataHubException e) {
                throw e.code() == ErrorCode.FILE_INVALID
                        ? e
                        : Block.invalid("damaged: path=" + path + ": " + e.problem(), e);
            }
            FileChecks.same(path, "cells", Words.plain(data, DataLayout.CELLS), geometry.cells());
            FileChecks.same(
                    path, "first_payload", Words.plain(data, DataLayout.FIRST_PAYLOAD), geometry.firstPayload());
            FileChecks.same(path, "stride", Words.plain(data, DataLayout.STRIDE), geometry.stride());
            FileChecks.same(path, "tag_offset", Words.plain(data, DataLayout.TAG_OFFSET), geometry.tagOffset());
            FileChecks.same(path, "discipline", Words.plainInt(data, DataLayout.DISCIPLINE), geometry.discipline());
            if (bytes < geometry.dataBytes()) {
                FileChecks.same(path, "size for its geometry", bytes, geometry.dataBytes());
            }
            // K may be another than that of the first generation, the discipline may not.
            BufferPolicy made = constant(BufferPolicy.values(), Words.plainInt(state, StateLayout.BUFFER_POLICY));
            int discipline = Geometry.discipline(geometry.policy(), made);
            FileChecks.same(path, "discipline of the block", discipline, geometry.discipline());
            return geometry;
        }

        private static <T> T constant(T[] values, int ordinal) {
            String what = values[0].getClass().getSimpleName();
            return values[(int) FileChecks.ranged(what, ordinal, 0, values.length - 1)];
        }

        private String path(String file) {
            return directory.path() + "/" + file;
        }
    }
}
