package org.datahub.memory.shm;

import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.AllocatorName;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.SegmentAllocator;
import org.osgi.service.component.annotations.Component;

/// Segments in the block's own directory. Room is checked before it is reserved, and reserved
/// before it is used:
/// a page that can't be had is an error here, never a SIGBUS later.
@Component
@AllocatorName("shm")
public final class ShmSegmentAllocator implements SegmentAllocator {
    private static final int MODE = 0640;

    private final MemoryLimit limit;

    /// With the memory limit of this process's control group.
    public ShmSegmentAllocator() {
        this(MemoryLimit.ofThisProcess());
    }

    ShmSegmentAllocator(MemoryLimit limit) {
        this.limit = limit;
    }

    @Override
    public String name() {
        return "shm";
    }

    @Override
    public long pageBytes() {
        return 4096;
    }

    @Override
    public String locator() {
        return "";
    }

    @Override
    public NativeFile allocate(Directory block, String file, long bytes) {
        limit.check(bytes);
        long usable = block.usableBytes();
        if (bytes > usable) throw noSpace(block, bytes, usable, null);
        try {
            return reserved(block, file, bytes);
        } catch (KernelException e) {
            if (e.errno() == KernelException.ENOSPC) throw noSpace(block, bytes, block.usableBytes(), e);
            throw e;
        }
    }

    private static NativeFile reserved(Directory block, String file, long bytes) {
        NativeFile segment = block.create(file, MODE);
        try {
            segment.reserve(bytes);
            return segment;
        } catch (RuntimeException e) {
            segment.close();
            block.unlink(file);
            throw e;
        }
    }

    @Override
    public NativeFile open(Directory block, String locator, String file, boolean writable) {
        return block.open(file, writable);
    }

    @Override
    public void release(Directory block, String locator, String file) {
        block.unlink(file);
    }

    private static DataHubException noSpace(Directory block, long bytes, long usable, KernelException cause) {
        return new DataHubException(
                ErrorCode.NO_SPACE,
                "no room for the data segment: path=" + block.path() + ", bytes=" + bytes + ", usable=" + usable,
                "choose fewer or smaller slots, remove unused blocks, or enlarge the file system",
                cause);
    }
}
