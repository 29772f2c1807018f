package org.datahub.itests.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.NativeFile;

/// A stream block's files as they are, read-only: the test's own eyes, which ask no engine.
final class BlockLook implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Directory directory;
    private final NativeFile lock;
    private final MemorySegment data;
    private final long cells;
    private final long stride;
    private final long firstCell;

    BlockLook(Path hub, String name) throws IOException {
        Kernel kernel = ServiceLoader.load(Kernel.class).findFirst().orElseThrow();
        Path block = hub.resolve(name);
        directory = kernel.openDirectory(block);
        lock = directory.open("lock", true);
        try (NativeFile file = directory.open("data.1", false)) {
            data = file.map(Files.size(block.resolve("data.1")), false, arena);
        }
        cells = Words.plain(data, DataLayout.CELLS);
        stride = Words.plain(data, DataLayout.STRIDE);
        firstCell = Words.plain(data, DataLayout.FIRST_PAYLOAD) - SlotHeader.BYTES;
    }

    /// Whether a process holds the producer's lock byte.
    boolean producerHeld() {
        return lock.lockedByOther(RowLayout.PRODUCER_LOCK);
    }

    /// Whether a process holds the lock byte of this row.
    boolean held(int row) {
        return lock.lockedByOther(RowLayout.FIRST_LOCK + row);
    }

    long cells() {
        return cells;
    }

    long capacity() {
        return Words.plain(data, DataLayout.CAPACITY);
    }

    long head() {
        return Words.acquire(data, DataLayout.HEAD);
    }

    /// The stamp in the cell of slot n.
    long stamp(long n) {
        return SlotHeader.stamp(data, cell(n));
    }

    /// The next slot number: the head, and the stamps behind it.
    long next() {
        long n = head();
        while (stamp(n) == n + 1) n++;
        return n;
    }

    /// What is wrong with slot n, which must be intact and hold `length` bytes; null when nothing
    /// is.
    String fault(long n, long length) {
        long cell = cell(n);
        long stamp = SlotHeader.stamp(data, cell);
        if (stamp != n + 1) return "slot=" + n + ", stamp=" + stamp;
        long said = SlotHeader.length(SlotHeader.description(data, cell));
        if (said != length) return "slot=" + n + ", length=" + said;
        long incarnation = SlotHeader.user(data, cell);
        long wrong = Payload.wrong(data, cell + SlotHeader.BYTES, length, n, incarnation);
        return wrong < 0 ? null : "slot=" + n + ", incarnation=" + incarnation + ", wrong byte=" + wrong;
    }

    private long cell(long n) {
        return firstCell + n % cells * stride;
    }

    @Override
    public void close() {
        lock.close();
        directory.close();
        arena.close();
    }
}
