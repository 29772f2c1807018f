package org.datahub.engine;

import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.SegmentAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Which data segment an opening takes, by the table in `state`.
@Deadline
class GenerationTableTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final MemorySegment state = Arena.ofAuto().allocate(StateLayout.BYTES, 4096);
    private final GenerationTable table = new GenerationTable(state);

    private void enter(int entry, long number, int phase, long cut) {
        long at = StateLayout.generation(entry);
        Words.releaseInt(state, at + GenerationEntry.PHASE, phase);
        Words.release(state, at + GenerationEntry.CUT, cut);
        Words.release(state, at + GenerationEntry.NUMBER, number);
    }

    @Test
    void anEmptyTableNamesNone() {
        assertEquals(GenerationTable.NONE, table.current());
    }

    @Test
    void aFreeEntryIsNoGeneration() {
        enter(0, 0, GenerationEntry.IN_USE, 9);
        enter(2, 7, GenerationEntry.IN_USE, 0);
        assertEquals(2, table.current());
        assertEquals(7, table.number(2));
    }

    @Test
    void whatIsBeingMadeOrPreparedIsNotYetTheCurrentOne() {
        enter(3, 4, GenerationEntry.IN_USE, 0);
        enter(0, 5, GenerationEntry.BUILDING, 0);
        assertEquals(3, table.current());
        enter(0, 5, GenerationEntry.PREPARED, 0);
        assertEquals(3, table.current());
    }

    @Test
    void behindTheCutTheNextOneIsCurrent() {
        enter(3, 4, GenerationEntry.IN_USE, 101);
        enter(0, 5, GenerationEntry.PREPARED, 0);
        assertEquals(0, table.current());
        enter(0, 5, GenerationEntry.IN_USE, 0);
        assertEquals(0, table.current());
    }

    @Test
    void whatIsOnlyBeingMadeIsNeverCurrent() {
        enter(0, 1, GenerationEntry.BUILDING, 0);
        assertEquals(GenerationTable.NONE, table.current());
        enter(0, 1, GenerationEntry.IN_USE, 8);
        enter(1, 2, GenerationEntry.BUILDING, 0);
        assertEquals(GenerationTable.NONE, table.current());
    }

    @Test
    void aCutWithNothingBehindItNamesNone() {
        enter(0, 1, GenerationEntry.IN_USE, 8);
        assertEquals(GenerationTable.NONE, table.current());
    }

    @Test
    void anEntryBearsItsNumberUntilItIsFree() {
        enter(1, 3, GenerationEntry.IN_USE, 0);
        assertTrue(table.bears(1, 3));
        enter(1, 0, GenerationEntry.IN_USE, 0);
        assertTrue(table.bears(1, 0));
    }

    private final BlockSpec spec = BlockSpec.named("b").slots(3).slotBytes(64).participants(4);

    private void write(long slots) {
        try (DataBlockProducer out = hub.hub().create(spec)) {
            for (long n = 0; n < slots; n++) out.write(tx -> tx.user(42).length(0));
        }
    }

    /// Gives the block a second data segment, a copy of the first under the next number.
    private void copy(int phase) throws IOException {
        Files.copy(hub.file("b", "data.1"), hub.file("b", "data.2"));
        hub.poke("b", "data.2", DataLayout.GENERATION, 2);
        byte[] entry = hub.peek("b", "state", StateLayout.generation(0), GenerationEntry.BYTES);
        hub.poke("b", "state", StateLayout.generation(1), entry);
        hub.pokeInt("b", "state", StateLayout.generation(1) + GenerationEntry.PHASE, phase);
        hub.poke("b", "state", StateLayout.generation(1) + GenerationEntry.NUMBER, 2);
    }

    private void cut(long c) throws IOException {
        hub.poke("b", "state", StateLayout.generation(0) + GenerationEntry.CUT, c + 1);
    }

    private void retire() throws IOException {
        hub.poke("b", "state", StateLayout.generation(0) + GenerationEntry.NUMBER, 0);
        Files.delete(hub.file("b", "data.1"));
    }

    private long opened() {
        return hub.block("b", Block.Use.LOOK).generation.number();
    }

    @Test
    void aBlockIsOpenedAtTheGenerationThatTheNextSlotBelongsTo() throws IOException {
        write(2);
        copy(GenerationEntry.PREPARED);
        assertEquals(1, opened());
        cut(2);
        assertEquals(2, opened());
        hub.pokeInt("b", "state", StateLayout.generation(1) + GenerationEntry.PHASE, GenerationEntry.IN_USE);
        retire();
        assertEquals(2, opened());
    }

    @Test
    void aTakeoverGoesOnBehindTheCut() throws IOException {
        write(2);
        copy(GenerationEntry.PREPARED);
        cut(2);
        write(1);
        try (DataBlockConsumer in =
                hub.hub().attach("b", ConsumerSpec.observer().from(StartFrom.OLDEST))) {
            for (long n = 0; n < 3; n++) {
                assertEquals(Next.SLOT, in.next(Duration.ofSeconds(1)));
                assertEquals(n, in.number());
                in.release();
            }
            assertEquals(0, in.missed());
        }
    }

    @Test
    void aBlockIsRemovedWithEachOfItsSegments() throws IOException {
        write(2);
        copy(GenerationEntry.PREPARED);
        hub.hub().remove("b");
        assertTrue(hub.everything().isEmpty());
    }

    @Test
    void aSegmentThatIsMissingThoughItsEntryStandsIsADamage() throws IOException {
        write(2);
        Files.delete(hub.file("b", "data.1"));
        assertRefused(ErrorCode.FILE_INVALID, this::opened);
    }

    @Test
    void anEntryUnderWhichAnotherGenerationsFileStandsIsADamage() throws IOException {
        write(2);
        copy(GenerationEntry.PREPARED);
        hub.poke("b", "data.2", DataLayout.GENERATION, 1);
        cut(2);
        assertRefused(ErrorCode.FILE_INVALID, this::opened);
    }

    @Test
    void aGenerationThatIsRetiredWhileItIsOpenedIsPassedOver() throws IOException {
        write(2);
        copy(GenerationEntry.PREPARED);
        SegmentAllocator shm = hub.providers.allocator("shm");
        hub.providers.remove(shm);
        hub.providers.add(new Retiring(shm), 0);
        assertEquals(2, opened());
    }

    /// The handover comes to its end between the look at the table and the look at the file.
    private final class Retiring implements SegmentAllocator {
        private final SegmentAllocator shm;
        private boolean retired;

        Retiring(SegmentAllocator shm) {
            this.shm = shm;
        }

        @Override
        public String name() {
            return shm.name();
        }

        @Override
        public long pageBytes() {
            return shm.pageBytes();
        }

        @Override
        public String locator() {
            return shm.locator();
        }

        @Override
        public Allocation allocate(Directory block, String locator, String file, long bytes) {
            return shm.allocate(block, locator, file, bytes);
        }

        @Override
        public NativeFile open(Directory block, String locator, String file, boolean writable) {
            if (!retired) handOver();
            return shm.open(block, locator, file, writable);
        }

        private void handOver() {
            retired = true;
            try {
                hub.pokeInt("b", "state", StateLayout.generation(1) + GenerationEntry.PHASE, GenerationEntry.IN_USE);
                retire();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public void release(Directory block, String locator, String file) {
            shm.release(block, locator, file);
        }
    }
}
