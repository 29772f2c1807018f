package org.datahub.itests.simulation.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Private memory of processes, until the next run begins.
final class SimulatedArena implements Arena {
    private static final int BYTES = 1 << 20;

    private final MemorySegment memory = Arena.ofAuto().allocate(BYTES, Long.BYTES);
    private long used;

    void clear() {
        used = 0;
    }

    @Override
    public MemorySegment allocate(long bytes, long align) {
        long from = (used + align - 1) / align * align;
        used = from + bytes;
        return memory.asSlice(from, bytes).fill((byte) 0);
    }

    @Override
    public MemorySegment.Scope scope() {
        return memory.scope();
    }

    @Override
    public void close() {
        // Its memory is used again by the next run.
    }
}
