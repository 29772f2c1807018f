package org.datahub.itests.crash;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Words that a process and its test tell each other in a mapped file beside the hub: what a
/// process noted stays when it is killed.
final class Notes implements AutoCloseable {
    /// What a word means.
    enum Word {
        /// The process has begun its work.
        READY,
        /// It may go on.
        GO,
        /// It should come to an end.
        STOP,
        /// The next slot number, all below it are committed (producer), or released (consumer).
        DONE,
        /// How many slots the commit that comes next covers.
        PENDING,
        /// Slots whose bytes were right.
        VERIFIED,
        /// Slots that were missed, and reported.
        MISSED,
        /// Times that something longer than promised was seen.
        LATE,
        /// Typed errors that were met and are no fault.
        REFUSED,
        /// The longest call, in nanoseconds beyond its time.
        LONGEST
    }

    private static final long BYTES = 4096;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment words;

    Notes(Path file) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            words = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    long get(Word word) {
        return (long) LONG.getAcquire(words, word.ordinal() * 8L);
    }

    void set(Word word, long value) {
        LONG.setRelease(words, word.ordinal() * 8L, value);
    }

    void add(Word word, long value) {
        LONG.getAndAdd(words, word.ordinal() * 8L, value);
    }

    @Override
    public void close() {
        arena.close();
    }
}
