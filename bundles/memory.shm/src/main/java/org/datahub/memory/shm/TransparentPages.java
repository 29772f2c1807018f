package org.datahub.memory.shm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.AllocatorName;
import org.datahub.api.spi.Configured;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.Placement;
import org.datahub.api.spi.Reservation;
import org.datahub.api.spi.SegmentAllocator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Segments in the block's own directory, for which the kernel is asked to put large pages together
/// when they are made. It needs no mount and no pool, and may find none: what was got is told, and is
/// no error.
@Component(configurationPid = Settings.PID)
@AllocatorName("thp")
public final class TransparentPages implements SegmentAllocator {
    private static final long ORDINARY = 4096;
    private static final long LARGE = 2L << 20;
    private static final int EAGAIN = 11;

    private final Kernel kernel;
    private final Configured<Placement> placement;
    private final Reservation reservation = Reservation.inMemory();

    /// For `ServiceLoader`: with the defaults.
    public TransparentPages() {
        this(Settings.kernel(), Configured.with(Placement.ANYWHERE));
    }

    /// With the operator's words.
    @Activate
    public TransparentPages(@Reference Kernel kernel, Map<String, Object> properties) {
        this(kernel, Configured.by(properties, Settings::of));
    }

    TransparentPages(Kernel kernel, Configured<Placement> placement) {
        this.kernel = kernel;
        this.placement = placement;
    }

    @Override
    public SegmentAllocator configured(Map<String, String> words) {
        return new TransparentPages(kernel, Configured.with(Settings.of(words)));
    }

    @Override
    public String name() {
        return "thp";
    }

    @Override
    public long pageBytes() {
        return LARGE;
    }

    @Override
    public String locator() {
        return "";
    }

    @Override
    public Allocation allocate(Directory block, String locator, String file, long bytes) {
        return placement.get().make(kernel, () -> collapsed(reservation.make(block, file, whole(bytes))));
    }

    private static long whole(long bytes) {
        return (bytes + LARGE - 1) / LARGE * LARGE;
    }

    private Allocation collapsed(NativeFile file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapping = file.map(file.status().bytes(), true, arena);
            int errno = kernel.collapse(mapping);
            if (errno == EAGAIN) errno = kernel.collapse(mapping); // another had one of the pages for a moment
            long got = kernel.collapsedBytes(mapping);
            if (got == mapping.byteSize()) return Allocation.in(file, LARGE);
            String why = errno == 0 ? "" : ": errno=" + errno + KernelException.name(errno);
            return new Allocation(
                    file, "", ORDINARY, "large pages for " + got + " of " + mapping.byteSize() + " bytes" + why);
        }
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
