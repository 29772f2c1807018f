package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.Refusals.assertRefusal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Executors;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Next;
import org.datahub.api.WriteTransaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Copies into a claimed slot: what they copy, what they refuse, and when the kernel's way is taken.
@Deadline
class PutTest {
    private static final int BYTES = 600_000;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    @TempDir
    private Path disk;

    private final BlockSpec spec =
            BlockSpec.named("b").slots(3).slotBytes(BYTES).batch(2);
    private final byte[] source = random(BYTES + 100);

    private static byte[] random(int bytes) {
        byte[] made = new byte[bytes];
        new Random(42).nextBytes(made);
        return made;
    }

    private static byte[] payload(DataBlockConsumer in) {
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        byte[] payload = in.segment().asSlice(in.offset(), in.length()).toArray(ValueLayout.JAVA_BYTE);
        assertTrue(in.release());
        return payload;
    }

    private byte[] sources(int from, int bytes) {
        return Arrays.copyOfRange(source, from, from + bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, BYTES})
    void everyByteArrivesAndNoOtherChanges(int bytes) {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        int at = Math.min(13, BYTES - bytes);
        assertEquals(Claim.CLAIMED, out.claim());
        MemorySegment whole = out.segment().asSlice(out.offset(), BYTES).fill((byte) 7);
        out.put(MemorySegment.ofArray(source), 77, at, bytes);
        byte[] expected = new byte[BYTES];
        Arrays.fill(expected, (byte) 7);
        System.arraycopy(source, 77, expected, at, bytes);
        assertArrayEquals(expected, whole.toArray(ValueLayout.JAVA_BYTE));
        out.commit(BYTES);
        assertArrayEquals(expected, payload(in));
    }

    @Test
    void transactionsAndBatchesPutToo() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        MemorySegment heap = MemorySegment.ofArray(source);
        out.write(tx -> tx.put(heap, 1, 0, 5000).length(5000));
        assertArrayEquals(sources(1, 5000), payload(in));
        out.writeBatch(
                2,
                batch -> batch.put(0, heap, 2, 0, 6000)
                        .length(0, 6000)
                        .put(1, heap, 3, 0, 7000)
                        .length(1, 7000));
        assertArrayEquals(sources(2, 6000), payload(in));
        assertArrayEquals(sources(3, 7000), payload(in));
        assertEquals(2, out.claimBatch(2, Duration.ZERO));
        out.put(1, heap, 4, 0, 8000);
        out.put(heap, 5, 0, 9000);
        out.describe(0, 9000, 0);
        out.describe(1, 8000, 0);
        out.commitBatch(2);
        assertArrayEquals(sources(5, 9000), payload(in));
        assertArrayEquals(sources(4, 8000), payload(in));
    }

    @Test
    void whatIsOutOfBoundsIsRefusedAndNothingIsCopied() {
        DataBlockProducer out = hub.hub().create(spec);
        MemorySegment heap = MemorySegment.ofArray(source);
        assertThrows(IllegalStateException.class, () -> out.put(heap, 0, 0, 8));
        out.claim();
        MemorySegment whole = out.segment().asSlice(out.offset(), BYTES).fill((byte) 7);
        for (long bytes : new long[] {8, 8192}) {
            assertThrows(IndexOutOfBoundsException.class, () -> out.put(heap, 0, BYTES - bytes + 1, bytes));
            assertThrows(IndexOutOfBoundsException.class, () -> out.put(heap, 0, -1, bytes));
            assertThrows(IndexOutOfBoundsException.class, () -> out.put(heap, -1, 0, bytes));
            assertThrows(IndexOutOfBoundsException.class, () -> out.put(heap, source.length - bytes + 1, 0, bytes));
            assertThrows(IndexOutOfBoundsException.class, () -> out.put(heap, 0, 0, -bytes));
            assertThrows(IndexOutOfBoundsException.class, () -> out.put(heap, Long.MAX_VALUE, 0, bytes));
            assertThrows(IndexOutOfBoundsException.class, () -> out.put(heap, 0, Long.MAX_VALUE, bytes));
        }
        assertThrows(IllegalArgumentException.class, () -> out.put(1, heap, 0, 0, 8));
        Arena closed = Arena.ofConfined();
        MemorySegment gone = closed.allocate(8192);
        closed.close();
        assertThrows(IllegalStateException.class, () -> out.put(gone, 0, 0, 8192));
        byte[] untouched = new byte[BYTES];
        Arrays.fill(untouched, (byte) 7);
        assertArrayEquals(untouched, whole.toArray(ValueLayout.JAVA_BYTE));
        out.commit(8);
        out.close();
        assertThrows(IllegalStateException.class, () -> out.put(heap, 0, 0, 8));
    }

    @Test
    void nothingIsPutAfterTheSealOrTheEnd() {
        DataBlockProducer out = hub.hub().create(spec.integrityMode(IntegrityMode.MANUAL));
        MemorySegment heap = MemorySegment.ofArray(source);
        WriteTransaction tx = out.begin(SOON);
        tx.put(heap, 0, 0, 5000).length(5000).seal();
        assertThrows(IllegalStateException.class, () -> tx.put(heap, 0, 0, 5000));
        tx.commit();
        assertThrows(IllegalStateException.class, () -> tx.put(heap, 0, 0, 5000));
    }

    @Test
    void aSlotOfAnotherBlockIsASource() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        DataBlockProducer relay =
                hub.hub().create(BlockSpec.named("relay").slots(3).slotBytes(BYTES));
        DataBlockConsumer end = hub.hub().attach("relay", ConsumerSpec.lossless());
        out.write(tx -> tx.put(MemorySegment.ofArray(source), 9, 0, BYTES));
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        relay.write(tx -> tx.put(in.segment(), in.offset(), 0, in.length()));
        assertTrue(in.release());
        assertArrayEquals(sources(9, BYTES), payload(end));
    }

    @Test
    void anotherThreadPutsNothingIntoATransaction() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        MemorySegment own = Arena.ofConfined().allocate(5000);
        try (WriteTransaction tx = out.begin(SOON)) {
            assertRefusedElsewhere(() -> tx.put(own, 0, 0, 5000));
            assertRefusedElsewhere(() -> tx.put(MemorySegment.ofArray(source), 0, 0, 5000));
        }
        assertEquals(Claim.CLAIMED, out.claim());
        assertRefusedElsewhere(() -> out.put(own, 0, 0, 5000));
        out.abort();
    }

    private static void assertRefusedElsewhere(Runnable put) throws Exception {
        assertInstanceOf(
                WrongThreadException.class,
                Background.run(Executors.callable(put)).failure());
    }

    @Test
    void aSourceInThePayloadItselfIsMovedAsIfItWereReadFirst() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        for (int shift : new int[] {-5000, 5000}) {
            out.claim();
            out.put(MemorySegment.ofArray(source), 0, 0, BYTES);
            MemorySegment payload = out.segment().asSlice(out.offset(), BYTES);
            out.put(payload, Math.max(0, -shift), Math.max(0, shift), BYTES - 5000);
            out.commit(BYTES);
            byte[] expected = sources(0, BYTES);
            System.arraycopy(source, Math.max(0, -shift), expected, Math.max(0, shift), BYTES - 5000);
            assertArrayEquals(expected, payload(in));
        }
    }

    /// The kernel's copies end the process where a page is missing: none are made where one may be.
    @Test
    void theKernelCopiesIntoMemoryOnlyAndFromNoMappedFile() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        MemorySegment heap = MemorySegment.ofArray(source);
        out.write(tx -> tx.put(heap, 0, 0, BYTES));
        assertEquals(1, hub.kernel.copies.get());
        Path file = Files.write(disk.resolve("file"), source);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, BYTES, arena);
            out.write(tx -> tx.put(mapped, 0, 0, BYTES));
        }
        assertEquals(1, hub.kernel.copies.get());
        hub.providers.add(new DiskMemory(disk), 0);
        DataBlockProducer onDisk =
                hub.hub().create(BlockSpec.named("d").slots(3).slotBytes(BYTES).allocator("disk"));
        onDisk.write(tx -> tx.put(heap, 0, 0, BYTES));
        boolean memory = Files.getFileStore(disk).type().equals("tmpfs");
        assertEquals(memory ? 2 : 1, hub.kernel.copies.get());
    }

    @Test
    void onADiskATruncatedFilePoisonsTheHandle() throws Exception {
        hub.providers.add(new DiskMemory(disk), 0);
        DataBlockProducer out = hub.hub().create(spec.allocator("disk"));
        out.claim();
        try (var files = Files.walk(disk)) {
            Path data = files.filter(file -> file.getFileName().toString().equals("data.1"))
                    .findFirst()
                    .orElseThrow();
            try (RandomAccessFile open = new RandomAccessFile(data.toFile(), "rw")) {
                open.setLength(0);
            }
        }
        DataHubException refusal = null;
        for (int attempt = 0; attempt < 100 && refusal == null; attempt++) {
            try {
                if (attempt > 0 && out.claim(Duration.ZERO) != Claim.CLAIMED) continue;
                out.put(MemorySegment.ofArray(source), 0, 0, BYTES);
                out.commit(BYTES);
            } catch (DataHubException e) {
                refusal = e;
            } catch (InternalError late) {
                assertTrue(late.getMessage().contains("fault"), late.getMessage());
            } catch (IllegalStateException e) {
                // the fault was told late, and the claim is gone
            }
        }
        assertRefusal(ErrorCode.MEMORY_FAULT, refusal);
    }
}
