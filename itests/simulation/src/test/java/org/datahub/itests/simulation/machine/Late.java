package org.datahub.itests.simulation.machine;

import java.lang.foreign.MemorySegment;

/// A store that a mutant does too late.
public final class Late {
    private static final ThreadLocal<Runnable> KEPT = new ThreadLocal<>();

    private Late() {}

    /// Keeps the store of a word for later.
    public static void keep(MemorySegment segment, long offset, long value) {
        KEPT.set(() -> Machine.current().store(segment, offset, Long.BYTES, value, Order.RELEASE));
    }

    /// Does it now.
    public static void store() {
        Runnable kept = KEPT.get();
        KEPT.remove();
        if (kept != null) kept.run();
    }
}
