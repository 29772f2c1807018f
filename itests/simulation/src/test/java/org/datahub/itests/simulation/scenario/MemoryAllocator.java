package org.datahub.itests.simulation.scenario;

import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.SegmentAllocator;

/// Data segments in the block's directory on the simulated disk.
/// There are two, alike but for their names.
///
/// @param name how the generation table calls it
record MemoryAllocator(String name) implements SegmentAllocator {
    /// That of a new block.
    static final String FIRST = "shm";
    /// One that not everybody has.
    static final String RARE = "rare";

    private static final int MODE = 0640;

    @Override
    public long pageBytes() {
        return 4096;
    }

    @Override
    public String locator() {
        return "";
    }

    @Override
    public Allocation allocate(Directory block, String locator, String file, long bytes) {
        NativeFile segment = block.create(file, MODE);
        segment.reserve(bytes);
        return Allocation.in(segment, pageBytes());
    }

    @Override
    public NativeFile open(Directory block, String locator, String file, boolean writable) {
        return block.open(file, writable);
    }

    @Override
    public void release(Directory block, String locator, String file) {
        block.unlink(file);
    }
}
