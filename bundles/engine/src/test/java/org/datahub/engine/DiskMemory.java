package org.datahub.engine;

import java.nio.file.Path;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.Reservation;
import org.datahub.api.spi.SegmentAllocator;

/// An allocator whose blocks keep their files below a home.
record DiskMemory(Path place) implements SegmentAllocator {
    @Override
    public String name() {
        return "disk";
    }

    @Override
    public long pageBytes() {
        return 4096;
    }

    @Override
    public String home() {
        return place.toString();
    }

    @Override
    public String locator() {
        throw new AssertionError("a block keeps its own segment");
    }

    @Override
    public Allocation allocate(Directory block, String locator, String file, long bytes) {
        return Allocation.in(Reservation.onDisk().make(block, file, bytes), pageBytes());
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
