package org.datahub.memory.shm;

import java.util.Map;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.AllocatorName;
import org.datahub.api.spi.Configured;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.Placement;
import org.datahub.api.spi.Reservation;
import org.datahub.api.spi.SegmentAllocator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/// Segments in the block's own directory.
@Component(configurationPid = Settings.PID)
@Designate(ocd = Settings.Config.class)
@AllocatorName("shm")
public final class ShmSegmentAllocator implements SegmentAllocator {
    private static final long PAGE_BYTES = 4096;

    private final Kernel kernel;
    private final Configured<Placement> placement;
    private final Reservation reservation;

    /// For `ServiceLoader`: with the defaults.
    public ShmSegmentAllocator() {
        this(Settings.kernel(), Configured.with(Placement.ANYWHERE), Reservation.inMemory());
    }

    /// With the operator's words.
    @Activate
    public ShmSegmentAllocator(@Reference Kernel kernel, Map<String, Object> properties) {
        this(kernel, Configured.by(properties, Settings::of), Reservation.inMemory());
    }

    ShmSegmentAllocator(Kernel kernel, Configured<Placement> placement, Reservation reservation) {
        this.kernel = kernel;
        this.placement = placement;
        this.reservation = reservation;
    }

    @Override
    public SegmentAllocator configured(Map<String, String> words) {
        return new ShmSegmentAllocator(kernel, Configured.with(Settings.of(words)), reservation);
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
        return placement.get().make(kernel, () -> Allocation.in(reservation.make(block, file, bytes), PAGE_BYTES));
    }

    @Override
    public NativeFile open(Directory block, String locator, String file, boolean writable) {
        return placement.get().open(kernel, block.open(file, writable));
    }

    @Override
    public void release(Directory block, String locator, String file) {
        block.unlink(file);
    }
}
