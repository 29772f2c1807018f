package org.datahub.api.layout;

import java.lang.foreign.MemorySegment;

/// What a test may put below [Words]: every verb, with the same meaning. Chosen once for the life
/// of the JVM by the
/// system
/// property `datahub.below`, the name of a class in this package; without it there is none, and the
/// verbs compile to
/// the
/// bare instruction.
abstract class Below {
    private static final String PROPERTY = "datahub.below";

    static Below chosen() {
        String name = System.getProperty(PROPERTY);
        if (name == null) return null;
        try {
            return (Below) Class.forName(name).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("not a class below the words: " + PROPERTY + "=" + name, e);
        }
    }

    abstract long acquire(MemorySegment segment, long offset);

    abstract void release(MemorySegment segment, long offset, long value);

    abstract long opaque(MemorySegment segment, long offset);

    abstract void opaque(MemorySegment segment, long offset, long value);

    abstract long plain(MemorySegment segment, long offset);

    abstract void plain(MemorySegment segment, long offset, long value);

    abstract long add(MemorySegment segment, long offset, long value);

    abstract boolean replace(MemorySegment segment, long offset, long expected, long value);

    abstract int acquireInt(MemorySegment segment, long offset);

    abstract int opaqueInt(MemorySegment segment, long offset);

    abstract void releaseInt(MemorySegment segment, long offset, int value);

    abstract int plainInt(MemorySegment segment, long offset);

    abstract void plainInt(MemorySegment segment, long offset, int value);

    abstract int exchangeInt(MemorySegment segment, long offset, int value);

    abstract int addInt(MemorySegment segment, long offset, int value);

    abstract void storeFence();

    abstract void acquireFence();

    abstract void fullFence();

    abstract void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes);
}
