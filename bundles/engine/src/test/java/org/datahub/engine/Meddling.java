package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An arena that lets something happen at the moment when a reader asks it for memory.
record Meddling(Arena real, Runnable interference) implements Arena {
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        interference.run();
        return real.allocate(byteSize, byteAlignment);
    }

    @Override
    public MemorySegment.Scope scope() {
        return real.scope();
    }

    @Override
    public void close() {
        real.close();
    }
}
