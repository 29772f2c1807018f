package org.datahub.itests.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.NativeFile;

/// The generation table of a block as it is, read-only: the test's own eyes, which ask no engine.
final class Table implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment state;

    Table(Path hub, String name) throws IOException {
        Kernel kernel = ServiceLoader.load(Kernel.class).findFirst().orElseThrow();
        Path block = hub.resolve(name);
        try (Directory directory = kernel.openDirectory(block);
                NativeFile file = directory.open("state", false)) {
            state = file.map(Files.size(block.resolve("state")), false, arena);
        }
    }

    /// One entry whose segment stands, is made or is taken away.
    ///
    /// @param number of the generation, 0 where its segment is being taken away
    /// @param phase of [GenerationEntry]
    /// @param cut 0, or the first slot that it does not hold, and 1
    record Entry(long number, int phase, long cut) {}

    List<Entry> entries() {
        List<Entry> found = new ArrayList<>();
        for (int entry = 0; entry < StateLayout.GENERATION_ENTRIES; entry++) {
            long at = StateLayout.generation(entry);
            if (Words.acquire(state, at + GenerationEntry.SEGMENT) == 0) continue;
            found.add(new Entry(
                    Words.acquire(state, at + GenerationEntry.NUMBER),
                    Words.acquireInt(state, at + GenerationEntry.PHASE),
                    Words.acquire(state, at + GenerationEntry.CUT)));
        }
        return found;
    }

    /// Whether a segment is being made.
    boolean making() {
        return entries().stream().anyMatch(entry -> entry.phase() == GenerationEntry.BUILDING);
    }

    /// Whether a generation waits for the answers of consumers.
    boolean prepared() {
        return entries().stream().anyMatch(entry -> entry.phase() == GenerationEntry.PREPARED);
    }

    /// Whether a generation was cut and its segment still stands.
    boolean cut() {
        return entries().stream().anyMatch(entry -> entry.cut() != 0 && entry.number() != 0);
    }

    /// Whether a segment is being taken away.
    boolean retiring() {
        return entries().stream().anyMatch(entry -> entry.number() == 0);
    }

    @Override
    public void close() {
        arena.close();
    }
}
