package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.HubFixture.eventually;
import static org.datahub.engine.Marked.write;
import static org.datahub.engine.Refusals.assertRefusal;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.ProducerState;
import org.datahub.api.SlotCopy;
import org.datahub.api.Waiting;
import org.datahub.api.WriteTransaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Deadline
class CloseTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(3).slotBytes(64).writeTimeout(SOON);

    /// Starts work that can't end, closes the handle while it waits, and expects to be told so.
    private void assertEndsBy(AutoCloseable handle, Callable<?> work) throws Exception {
        long before = hub.kernel.clockReads.sum();
        Background<?> waiting = Background.run(work);
        eventually(() -> hub.kernel.clockReads.sum() > before + 10);
        assertTrue(waiting.running());
        handle.close();
        assertRefusal(ErrorCode.HANDLE_CLOSED, waiting.failure());
    }

    private void assertUnmapped(Object handle) {
        assertFalse(((Handle) handle).block.data.scope().isAlive());
    }

    @ParameterizedTest
    @EnumSource
    void aConsumerThatWaitsForASlotIsToldOfItsClose(Waiting waiting) throws Exception {
        hub.hub().declare(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless().waiting(waiting));
        assertEndsBy(in, () -> in.next(LONG));
        assertUnmapped(in);
        assertTrue(hub.hub().info("b").rows().isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void aProducerThatWaitsAtTheGateIsToldOfItsClose(Waiting waiting) throws Exception {
        DataBlockProducer out = hub.hub().create(spec.waiting(waiting));
        hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 3);
        assertEndsBy(out, () -> out.claim(LONG));
        assertUnmapped(out);
        assertEquals(ProducerState.ENDED, hub.hub().info("b").producerState());
        assertEquals(3, hub.hub().info("b").next());
    }

    @Test
    void aWriteThatWaitsAtTheGateIsToldOfTheClose() throws Exception {
        DataBlockProducer out = hub.hub().create(spec.writeTimeout(LONG));
        hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 3);
        assertEndsBy(out, () -> {
            out.write(tx -> {});
            return null;
        });
    }

    @Test
    void aDrainIsToldOfTheClose() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 1);
        assertEndsBy(out, () -> out.drain(LONG));
    }

    @Test
    void aVirtualThreadThatWaitsIsToldOfTheClose() {
        hub.hub().declare(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        long before = hub.kernel.clockReads.sum();
        Background<Next> waiting = Background.virtual(() -> in.next(LONG));
        eventually(() -> hub.kernel.clockReads.sum() > before + 10);
        in.close();
        assertRefusal(ErrorCode.HANDLE_CLOSED, waiting.failure());
    }

    @Test
    void everyLaterCallIsToldOfTheClose() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        in.close();
        out.close();
        for (Executable call : List.<Executable>of(
                () -> out.claim(Duration.ZERO),
                () -> out.write(tx -> {}),
                () -> out.begin(Duration.ZERO),
                out::losslessConsumers,
                out::unseen,
                () -> out.drain(Duration.ZERO),
                () -> in.next(Duration.ZERO),
                () -> in.read(Duration.ZERO, slot -> {}),
                () -> in.follow().iterator().hasNext(),
                in::lag,
                in::producer)) {
            assertRefused(ErrorCode.HANDLE_CLOSED, call);
        }
        assertEquals("b", in.name());
        assertEquals(64, out.slotBytes());
        assertEquals(0, in.received() + in.missed());
    }

    @Test
    void theMemoryStaysUnderAReaderThatIsInsideUntilItLeaves() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        out.write(tx -> tx.payload().fill((byte) 3));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Background<Next> reader = Background.run(() -> in.read(SOON, slot -> {
            assertEquals(3, slot.payload().get(ValueLayout.JAVA_BYTE, 0));
            inside.countDown();
            awaitLatch(closed);
            for (int i = 0; i < 64; i++) assertEquals(3, slot.payload().get(ValueLayout.JAVA_BYTE, i));
            assertTrue(slot.intact());
            assertTrue(slot.verify());
        }));
        awaitLatch(inside);
        in.close();
        assertTrue(((Handle) in).block.data.scope().isAlive());
        assertTrue(hub.hub().info("b").rows().getFirst().alive());
        closed.countDown();
        assertEquals(Next.SLOT, reader.result());
        assertUnmapped(in);
        assertTrue(hub.hub().info("b").rows().isEmpty());
        assertEquals(1, in.received());
    }

    @Test
    void aProducerSaysWhyItClosesUntilTheNextOneGoesOn() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.closing(hub.hub().attach("b", ConsumerSpec.lossless()));
        write(out, 1);
        assertEquals("", in.endReason());
        assertEquals("", hub.hub().info("b").endReason());
        assertThrows(NullPointerException.class, () -> out.close(null));
        out.close("run 17 done");
        out.close("too late");
        out.close();
        assertEquals(Next.SLOT, in.next(SOON));
        assertEquals(Next.END, in.next(SOON));
        assertEquals("run 17 done", in.endReason());
        assertEquals("run 17 done", hub.hub().info("b").endReason());
        DataBlockProducer next = hub.hub().create(spec);
        assertEquals("", in.endReason());
        next.close();
        assertEquals(Next.END, in.next(SOON));
        assertEquals("closed", in.endReason());
        String words = "ä".repeat(50);
        hub.hub().create(spec).close("x" + words);
        assertEquals("x" + words.substring(0, 47), in.endReason());
    }

    @Test
    void theReasonOfAnEndIsNeverMixedWithAnothersWhileProducersComeAndGo() {
        hub.hub().create(spec).close("a".repeat(96));
        DataBlockConsumer in = hub.closing(hub.hub().attach("b", ConsumerSpec.lossless()));
        AtomicBoolean enough = new AtomicBoolean();
        Background<Integer> reader = Background.run(() -> {
            int seen = 0;
            while (!enough.get()) {
                String reason = in.endReason();
                if (reason.isEmpty()) continue;
                assertTrue(reason.equals("a".repeat(96)) || reason.equals("bb"), reason);
                seen++;
            }
            return seen;
        });
        // No slot is written: each of these streams ends at the same number.
        for (int round = 0; round < 100; round++) {
            hub.hub().create(spec).close(round % 2 == 0 ? "bb" : "a".repeat(96));
        }
        enough.set(true);
        assertTrue(reader.result() > 0);
    }

    @Test
    void theMemoryStaysUnderAWriterThatIsInsideAndItsCommitCounts() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Background<Void> writer = Background.run(() -> {
            out.write(tx -> {
                inside.countDown();
                awaitLatch(closed);
                tx.payload().fill((byte) 4);
            });
            return null;
        });
        awaitLatch(inside);
        out.close();
        assertEquals(ProducerState.ALIVE, in.producer());
        closed.countDown();
        writer.result();
        assertUnmapped(out);
        assertEquals(ProducerState.ENDED, in.producer());
        assertEquals(Next.SLOT, in.next(SOON));
        assertEquals(4, in.segment().get(ValueLayout.JAVA_BYTE, in.offset()));
        assertEquals(Next.END, in.next(SOON));
    }

    @Test
    void aSlotThatIsHeldWithoutAViewKeepsTheMemoryToo() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 1);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Background<Long> reader = Background.run(() -> {
            assertEquals(Next.SLOT, in.next(SOON));
            held.countDown();
            awaitLatch(closed);
            in.segment().get(ValueLayout.JAVA_BYTE, in.offset());
            assertTrue(in.release());
            assertRefused(ErrorCode.HANDLE_CLOSED, () -> in.next(Duration.ZERO));
            return in.received();
        });
        awaitLatch(held);
        in.close();
        closed.countDown();
        assertEquals(1, reader.result());
        assertUnmapped(in);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertTrue(latch.await(SOON.toSeconds(), java.util.concurrent.TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aReadersOwnCloseInItsBodyEndsTheView() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 1);
        in.read(SOON, slot -> {
            var payload = slot.payload();
            in.close();
            assertThrows(IllegalStateException.class, () -> payload.get(ValueLayout.JAVA_BYTE, 0));
            assertThrows(IllegalStateException.class, slot::payload);
        });
        assertUnmapped(in);
        assertRefused(ErrorCode.HANDLE_CLOSED, () -> in.next(Duration.ZERO));
    }

    @Test
    void aHandleWhoseThreadDiedInsideIsClosedByAnother() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 1);
        Background<Next> reader = Background.run(() -> {
            Next next = in.next(SOON);
            in.follow();
            return next;
        });
        Background<WriteTransaction> writer = Background.run(() -> {
            WriteTransaction tx = out.begin(SOON);
            tx.payload().fill((byte) 1);
            return tx;
        });
        reader.result();
        writer.result();
        reader.thread().join(SOON);
        writer.thread().join(SOON);
        in.close();
        out.close();
        assertUnmapped(in);
        assertUnmapped(out);
        assertTrue(hub.hub().info("b").rows().isEmpty());
        assertEquals(1, hub.hub().info("b").next());
    }

    @Test
    void manyClosesAreOne() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        List<Background<Void>> closers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            closers.add(Background.run(() -> {
                in.close();
                out.close();
                return null;
            }));
        }
        closers.forEach(Background::result);
        in.close();
        out.close();
        assertEquals(ProducerState.ENDED, hub.hub().info("b").producerState());
    }

    @Test
    void aCloseThatMeetsARunningReaderNeverTakesTheMemoryFromUnderIt() {
        for (int round = 0; round < 200; round++) {
            DataBlockProducer out = hub.hub().create(spec.writeTimeout(LONG));
            DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless().waiting(Waiting.SPIN));
            CountDownLatch running = new CountDownLatch(2);
            Background<Void> reader = Background.run(() -> {
                while (true) {
                    in.read(SOON, slot -> slot.payload().get(ValueLayout.JAVA_BYTE, 63));
                    running.countDown();
                }
            });
            Background<Void> writer = Background.run(() -> {
                while (true) {
                    out.write(tx -> tx.payload().set(ValueLayout.JAVA_BYTE, 63, (byte) 1));
                    running.countDown();
                }
            });
            awaitLatch(running);
            in.close();
            out.close();
            assertRefusal(ErrorCode.HANDLE_CLOSED, reader.failure());
            assertRefusal(ErrorCode.HANDLE_CLOSED, writer.failure());
            assertUnmapped(in);
            assertUnmapped(out);
        }
    }

    @Test
    void theCloseOfAHubClosesItsHandles() {
        Hub other = hub.open("other");
        DataBlockProducer out = other.create(spec);
        DataBlockConsumer in = other.attach("b", ConsumerSpec.lossless());
        DataBlockConsumer stays = hub.hub().attach("b", ConsumerSpec.lossless());
        other.close();
        other.close();
        assertRefused(ErrorCode.HANDLE_CLOSED, () -> out.claim(Duration.ZERO));
        assertRefused(ErrorCode.HANDLE_CLOSED, () -> in.next(Duration.ZERO));
        assertEquals(Next.END, stays.next(SOON));
        assertEquals(1, hub.hub().info("b").rows().size());
        for (Executable call : List.<Executable>of(
                () -> other.create(spec),
                () -> other.declare(spec),
                () -> other.attach("b", ConsumerSpec.lossless()),
                other::list,
                () -> other.info("b"),
                () -> other.remove("b"))) {
            assertRefused(ErrorCode.HANDLE_CLOSED, call);
        }
    }

    @Test
    void anAttachThatWaitsForItsBlockIsToldOfTheHubsClose() throws Exception {
        Hub other = hub.open("other");
        assertEndsBy(other, () -> other.attach("absent", ConsumerSpec.lossless().attachTimeout(LONG)));
    }

    @Test
    void aHubThatIsClosedUnderACallKeepsItsDirectoryUntilTheCallIsOver() throws Exception {
        hub.hub().declare(spec);
        for (int round = 0; round < 100; round++) {
            Hub other = hub.open("other");
            CountDownLatch begun = new CountDownLatch(1);
            Background<?> calling = Background.run(() -> {
                while (true) {
                    other.attach("b", ConsumerSpec.observer()).close();
                    other.info("b");
                    begun.countDown();
                }
            });
            begun.await();
            other.close();
            assertRefusal(ErrorCode.HANDLE_CLOSED, calling.failure());
        }
        assertTrue(hub.hub().info("b").rows().isEmpty());
    }

    @Test
    void aHandleThatComesTooLateStartsNoThread() {
        Beats beats = new Beats(Duration.ofMillis(5));
        beats.close();
        beats.add(nanos -> {});
        assertFalse(beats.running());
    }

    @Test
    void aPublisherThatNobodyAsksForASlotEndsWithItsHandle() throws Exception {
        hub.hub().declare(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.observer());
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        in.publisher().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {}

            @Override
            public void onNext(SlotCopy copy) {
                end.complete(new AssertionError("nobody asked for slot " + copy.number()));
            }

            @Override
            public void onError(Throwable error) {
                end.complete(error);
            }

            @Override
            public void onComplete() {
                end.complete(null);
            }
        });
        in.close();
        assertRefusal(ErrorCode.HANDLE_CLOSED, end.get(10, TimeUnit.SECONDS));
    }

    @Test
    void aClosedProducersBlockCanBeProducedIntoAtOnce() {
        for (int i = 0; i < 50; i++) {
            try (DataBlockProducer out = hub.hub().create(spec)) {
                assertEquals(Claim.CLAIMED, out.claim(Duration.ZERO));
                out.commit(0);
            }
        }
        assertEquals(50, hub.hub().info("b").next());
    }
}
