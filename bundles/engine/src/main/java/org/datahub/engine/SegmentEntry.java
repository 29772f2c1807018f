package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Wire;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.SegmentAllocator;

/// What the generation table says about a data segment: whose it is, where it lives, what was got.
/// It is entered before the segment is made, so that a segment outside the block's directory never
/// outlives a builder that dies.
final class SegmentEntry {
    /// Most bytes of the name of an allocator.
    static final int MOST_ALLOCATOR_BYTES = 32;

    private static final int MOST_LOCATOR_BYTES = 256;

    private SegmentEntry() {}

    /// Enters a segment, makes it whole, and says what was got. It is not yet ready for use.
    ///
    /// @throws org.datahub.api.DataHubException what [SegmentAllocator#allocate] says
    static void make(
            MemorySegment state,
            int entry,
            long generation,
            Directory directory,
            SegmentAllocator allocator,
            String locator,
            Geometry geometry,
            long idHigh,
            long idLow) {
        begin(state, entry, generation, allocator.name(), locator);
        String file = Block.dataFile(generation);
        try (Arena arena = Arena.ofConfined();
                Allocation got = allocator.allocate(directory, locator, file, geometry.dataBytes())) {
            long bytes = got.file().status().bytes();
            Generation.fill(got.file().map(bytes, true, arena), bytes, idHigh, idLow, generation, geometry);
            describe(state, entry, got, bytes);
        }
    }

    /// Enters a segment that will be made.
    static void begin(MemorySegment state, int entry, long generation, String allocator, String locator) {
        long at = StateLayout.generation(entry);
        Words.plainInt(
                state,
                at + GenerationEntry.ALLOCATOR_BYTES,
                Words.text(state, at + GenerationEntry.ALLOCATOR, MOST_ALLOCATOR_BYTES, allocator));
        place(state, at, locator);
        phase(state, entry, GenerationEntry.BUILDING);
        Words.release(state, at + GenerationEntry.CUT, 0);
        Words.release(state, at + GenerationEntry.SEGMENT, generation);
        Words.release(state, at + GenerationEntry.NUMBER, generation);
    }

    /// Takes the generation off the table, then its file away. The entry still says whose file that is,
    /// until it is gone.
    static void drop(MemorySegment state, int entry, Directory directory, Providers providers) {
        long at = StateLayout.generation(entry);
        Words.release(state, at + GenerationEntry.NUMBER, 0);
        SegmentAllocator allocator = providers.allocator(allocator(state, entry));
        allocator.release(directory, locator(state, entry), Block.dataFile(segment(state, entry)));
        Words.release(state, at + GenerationEntry.SEGMENT, 0);
    }

    static void phase(MemorySegment state, int entry, int phase) {
        Words.releaseInt(state, StateLayout.generation(entry) + GenerationEntry.PHASE, phase);
    }

    /// The generation whose file stands or is being made or taken away; 0 where there is none.
    static long segment(MemorySegment state, int entry) {
        return Words.acquire(state, StateLayout.generation(entry) + GenerationEntry.SEGMENT);
    }

    private static void place(MemorySegment state, long at, String locator) {
        Words.plainInt(
                state,
                at + GenerationEntry.LOCATOR_BYTES,
                Words.text(state, at + GenerationEntry.LOCATOR, MOST_LOCATOR_BYTES, locator));
    }

    /// Says what was got.
    private static void describe(MemorySegment state, int entry, Allocation got, long bytes) {
        long at = StateLayout.generation(entry);
        place(state, at, got.locator());
        Words.plain(state, at + GenerationEntry.DATA_BYTES, bytes);
        Words.plain(state, at + GenerationEntry.PAGE_BYTES, got.pageBytes());
        Words.plainInt(
                state,
                at + GenerationEntry.REMARK_BYTES,
                Words.text(state, at + GenerationEntry.REMARK, GenerationEntry.MOST_REMARK_BYTES, got.remark()));
    }

    static String allocator(MemorySegment state, int entry) {
        long at = StateLayout.generation(entry);
        int length = Words.plainInt(state, at + GenerationEntry.ALLOCATOR_BYTES);
        return Words.text(state, at + GenerationEntry.ALLOCATOR, MOST_ALLOCATOR_BYTES, length);
    }

    static String locator(MemorySegment state, int entry) {
        long at = StateLayout.generation(entry);
        int length = Words.plainInt(state, at + GenerationEntry.LOCATOR_BYTES);
        return Words.text(state, at + GenerationEntry.LOCATOR, MOST_LOCATOR_BYTES, length);
    }

    static long pageBytes(MemorySegment state, int entry) {
        return Words.plain(state, StateLayout.generation(entry) + GenerationEntry.PAGE_BYTES);
    }

    static String remark(MemorySegment state, int entry) {
        long at = StateLayout.generation(entry);
        int length = Words.plainInt(state, at + GenerationEntry.REMARK_BYTES);
        return Words.text(state, at + GenerationEntry.REMARK, GenerationEntry.MOST_REMARK_BYTES, length);
    }

    /// Releases the segments that live outside a directory that is taken away. A state of another
    /// user names nothing that is ours, and one of another layout nothing that can be read.
    ///
    /// @throws org.datahub.api.DataHubException `DH-1013` when an allocator is missing
    static void releaseOutside(Kernel kernel, Directory directory, Providers providers) {
        FileStatus there = directory.status(Block.STATE);
        if (there == null || there.kind() != FileStatus.Kind.REGULAR || there.uid() != kernel.uid()) return;
        try (Arena arena = Arena.ofConfined();
                NativeFile file = directory.open(Block.STATE, false)) {
            if (file == null || !file.status().same(there) || there.bytes() < StateLayout.BYTES) return;
            MemorySegment state = file.map(StateLayout.BYTES, false, arena);
            if (Words.plain(state, StateLayout.LAYOUT_HASH) != Wire.layoutHash()) return;
            for (int entry = 0; entry < StateLayout.GENERATION_ENTRIES; entry++) {
                long number = segment(state, entry);
                String locator = locator(state, entry);
                if (number == 0 || locator.isEmpty()) continue;
                SegmentAllocator allocator = providers.allocator(allocator(state, entry));
                allocator.release(directory, locator, Block.dataFile(number));
            }
        }
    }
}
