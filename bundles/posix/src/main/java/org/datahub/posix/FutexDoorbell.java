package org.datahub.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.datahub.api.spi.Doorbell;

/// A futex that processes share. A read-only mapping will do for sleeping.
final class FutexDoorbell implements Doorbell {
    private static final int WAIT = 0;
    private static final int WAKE = 1;

    private final MemorySegment segment; // keeps the mapping reachable
    private final long address;
    private final MemorySegment timeout = Arena.ofAuto().allocate(16, 8);

    FutexDoorbell(MemorySegment segment, long offset) {
        this.segment = segment.asSlice(offset, Integer.BYTES);
        this.address = this.segment.address();
    }

    @Override
    public void await(int seen, long nanos) {
        timeout.set(ValueLayout.JAVA_LONG, 0, nanos / 1_000_000_000L);
        timeout.set(ValueLayout.JAVA_LONG, 8, nanos % 1_000_000_000L);
        Libc.futex(address, WAIT, seen, timeout);
    }

    @Override
    public void wakeAll() {
        Libc.futex(address, WAKE, Integer.MAX_VALUE, MemorySegment.NULL);
    }
}
