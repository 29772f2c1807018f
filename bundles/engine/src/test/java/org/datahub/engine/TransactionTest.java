package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.WriteTransaction;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

@Deadline
class TransactionTest {
    private static final long BYTES = 100;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private DataBlockProducer out;
    private DataBlockConsumer in;

    @BeforeEach
    void openBlock() {
        out = hub.hub().create(BlockSpec.named("b").slots(3).slotBytes(BYTES).writeTimeout(SOON));
        in = hub.hub().attach("b", ConsumerSpec.lossless());
    }

    private void assertNothingCommitted(long next) {
        assertEquals(next, out.next());
        assertEquals(next, hub.hub().info("b").next());
        assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
    }

    private void assertReads(long n, long length, long user) {
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertEquals(n, in.number());
        assertEquals(length, in.length());
        assertEquals(user, in.user());
        assertTrue(in.release());
    }

    @Test
    void aWriteCommitsWhenItsBodyReturns() {
        out.write(tx -> {
            assertEquals(0, tx.number());
            tx.payload().fill((byte) 7);
            assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
        });
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertEquals(BYTES, in.length());
        MemorySegment expected =
                java.lang.foreign.Arena.ofAuto().allocate(BYTES).fill((byte) 7);
        assertEquals(-1, in.segment().asSlice(in.offset(), BYTES).mismatch(expected));
    }

    @Test
    void aWriteRollsBackWhenItsBodyThrows() {
        RuntimeException broken = new RuntimeException("broken");
        assertSame(
                broken,
                assertThrows(
                        RuntimeException.class,
                        () -> out.write(tx -> {
                            tx.payload().fill((byte) 9);
                            throw broken;
                        })));
        assertNothingCommitted(0);
        out.write(tx -> assertEquals(0, tx.number()));
        assertReads(0, BYTES, 0);
    }

    @Test
    void anErrorInTheBodyRollsBackToo() {
        assertThrows(
                StackOverflowError.class,
                () -> out.write(tx -> {
                    throw new StackOverflowError();
                }));
        assertNothingCommitted(0);
        assertEquals(Claim.CLAIMED, out.claim(Duration.ZERO));
    }

    @Test
    void aTransactionThatIsClosedWithoutACommitRollsBack() {
        try (WriteTransaction tx = out.begin(SOON)) {
            tx.payload().fill((byte) 9);
        }
        assertNothingCommitted(0);
    }

    @Test
    void aTransactionCommitsWhatItIsTold() {
        try (WriteTransaction tx = out.begin(SOON)) {
            tx.user(Long.MIN_VALUE).length(3).commit();
        }
        try (WriteTransaction tx = out.begin(SOON)) {
            tx.commit(0);
        }
        out.write(tx -> tx.length(BYTES).user(42));
        assertReads(0, 3, Long.MIN_VALUE);
        assertReads(1, 0, 0);
        assertReads(2, BYTES, 42);
    }

    @Test
    void aBodyMayCommitOrAbortItself() {
        out.write(tx -> tx.commit(5));
        assertReads(0, 5, 0);
        out.write(WriteTransaction::abort);
        assertNothingCommitted(1);
    }

    @Test
    void whatWasCommittedInABodyStaysThoughTheBodyThrowsThen() {
        assertThrows(
                IllegalArgumentException.class,
                () -> out.write(tx -> {
                    tx.commit(5);
                    throw new IllegalArgumentException();
                }));
        assertReads(0, 5, 0);
    }

    @Test
    void anOpenTransactionMakesHeadExact() {
        Block look = hub.block("b", Block.Use.LOOK);
        in.close();
        for (int i = 0; i < 100; i++) out.write(tx -> tx.length(0));
        try (WriteTransaction tx = out.begin(SOON)) {
            assertEquals(tx.number(), Words.acquire(look.data, DataLayout.HEAD));
        }
    }

    @Test
    void everyMethodThrowsAfterTheEnd() {
        WriteTransaction committed = out.begin(SOON);
        committed.commit();
        WriteTransaction aborted = out.begin(SOON);
        aborted.abort();
        AtomicReference<WriteTransaction> leaked = new AtomicReference<>();
        out.write(leaked::set);
        for (WriteTransaction over : List.of(committed, aborted, leaked.get())) {
            for (Executable call : List.<Executable>of(
                    over::number,
                    over::payload,
                    () -> over.length(1),
                    () -> over.user(1),
                    over::seal,
                    over::commit,
                    () -> over.commit(1),
                    over::abort)) {
                assertThrows(IllegalStateException.class, call);
            }
            over.close();
        }
        assertEquals(2, out.next());
    }

    @Test
    void aPayloadDiesWithItsTransaction() {
        WriteTransaction first = out.begin(SOON);
        MemorySegment payload = first.payload();
        payload.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        first.commit();
        WriteTransaction second = out.begin(SOON);
        assertThrows(IllegalStateException.class, () -> payload.get(ValueLayout.JAVA_BYTE, 0));
        assertThrows(IllegalStateException.class, () -> payload.set(ValueLayout.JAVA_BYTE, 0, (byte) 2));
        MemorySegment other = second.payload();
        second.abort();
        assertThrows(IllegalStateException.class, () -> other.get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void aPayloadHasTheSlotsBytesAndNotOneMore() {
        out.write(tx -> {
            MemorySegment payload = tx.payload();
            assertEquals(BYTES, payload.byteSize());
            assertSame(payload, tx.payload());
            assertThrows(IndexOutOfBoundsException.class, () -> payload.get(ValueLayout.JAVA_BYTE, BYTES));
            assertThrows(IndexOutOfBoundsException.class, () -> payload.get(ValueLayout.JAVA_BYTE, -1));
        });
    }

    @Test
    void aPayloadIsItsThreadsAlone() {
        out.write(tx -> {
            MemorySegment payload = tx.payload();
            Throwable touched =
                    Background.run(() -> payload.get(ValueLayout.JAVA_BYTE, 0)).failure();
            assertInstanceOf(WrongThreadException.class, touched);
        });
        WriteTransaction tx = out.begin(SOON);
        assertInstanceOf(WrongThreadException.class, Background.run(tx::payload).failure());
        tx.commit();
        assertEquals(2, out.next());
    }

    @Test
    void aLengthOutOfRangeIsRefusedAndTheSlotStaysClaimed() {
        WriteTransaction tx = out.begin(SOON);
        for (long length : new long[] {-1, BYTES + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> tx.length(length));
            assertThrows(IllegalArgumentException.class, () -> tx.commit(length));
        }
        tx.commit(BYTES);
        assertReads(0, BYTES, 0);
    }

    @Test
    void writesDoNotNest() {
        assertThrows(IllegalStateException.class, () -> out.write(outer -> out.write(inner -> {})));
        assertNothingCommitted(0);
        WriteTransaction open = out.begin(SOON);
        assertThrows(IllegalStateException.class, () -> out.begin(SOON));
        assertThrows(IllegalStateException.class, () -> out.claim(Duration.ZERO));
        open.commit();
        assertReads(0, BYTES, 0);
    }

    @Test
    void aGatedTransactionFailsTypedAndNamesSlotAndTime() {
        for (int i = 0; i < 3; i++) out.write(tx -> tx.length(0));
        Refusals.assertNames(
                assertRefused(ErrorCode.WRITE_TIMEOUT, () -> out.begin(Duration.ofMillis(5))),
                "block=b",
                "slot=3",
                "waited=PT0.005S");
        assertReads(0, 0, 0);
        out.begin(Duration.ZERO).commit();
    }

    @Test
    void theProducersOwnCloseInABodyEndsTheTransactionAndItsView() {
        AtomicReference<MemorySegment> leaked = new AtomicReference<>();
        assertRefused(
                ErrorCode.HANDLE_CLOSED,
                () -> out.write(tx -> {
                    leaked.set(tx.payload());
                    out.close();
                    assertThrows(IllegalStateException.class, () -> leaked.get().fill((byte) 1));
                }));
        assertThrows(IllegalStateException.class, () -> leaked.get().get(ValueLayout.JAVA_BYTE, 0));
        assertEquals(0, hub.hub().info("b").next());
        assertEquals(Next.END, in.next(Duration.ZERO));
    }

    @Test
    void aTransactionThatItsOwnThreadLeavesOpenAtCloseIsOver() {
        WriteTransaction tx = out.begin(SOON);
        MemorySegment payload = tx.payload();
        out.close();
        assertThrows(IllegalStateException.class, () -> payload.get(ValueLayout.JAVA_BYTE, 0));
        assertRefused(ErrorCode.HANDLE_CLOSED, tx::commit);
        tx.close();
    }
}
