package org.datahub.memory.shm;

import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.AllocatorName;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.Reservation;
import org.datahub.api.spi.SegmentAllocator;
import org.osgi.service.component.annotations.Component;

/// Segments in the block's own directory.
@Component
@AllocatorName("shm")
public final class ShmSegmentAllocator implements SegmentAllocator {
    private static final long PAGE_BYTES = 4096;

    private final Reservation reservation;

    /// With the memory limit of this process's control group.
    public ShmSegmentAllocator() {
        this(Reservation.inMemory());
    }

    ShmSegmentAllocator(Reservation reservation) {
        this.reservation = reservation;
    }

    @Override
    public String name() {
        return "shm";
    }

    @Override
    public long pageBytes() {
        return PAGE_BYTES;
    }

    @Override
    public String locator() {
        return "";
    }

    @Override
    public Allocation allocate(Directory block, String locator, String file, long bytes) {
        return Allocation.in(reservation.make(block, file, bytes), PAGE_BYTES);
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
