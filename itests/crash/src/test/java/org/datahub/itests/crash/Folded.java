package org.datahub.itests.crash;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.datahub.api.layout.Words;

/// A process with one store, for a look at what the compiler makes of it.
final class Folded {
    private Folded() {}

    static void store(MemorySegment segment, long value) {
        Words.release(segment, 0, value);
    }

    /// Without arguments.
    public static void main(String[] args) {
        MemorySegment segment = Arena.global().allocate(ValueLayout.JAVA_LONG);
        Words.acquire(segment, 0); // the class is ready when the store is compiled
        store(segment, 1);
        if (Words.acquire(segment, 0) != 1) throw new AssertionError("not stored");
    }
}
