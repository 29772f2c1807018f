package org.datahub.engine;

import static org.datahub.engine.Refusals.assertRefusal;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody truncates a file that is mapped: the kernel answers the next access with SIGBUS, the
/// JVM with InternalError.
@Deadline
class MemoryFaultTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(64).slotBytes(4096);

    private void truncate(String file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(hub.file("b", file).toFile(), "rw")) {
            open.setLength(0);
        }
    }

    /// The fault may reach compiled code late, when our code has returned; the next use meets it
    /// again.
    private static DataHubException assertPoisons(Runnable use) {
        for (int attempt = 0; attempt < 100; attempt++) {
            try {
                use.run();
            } catch (DataHubException e) {
                return assertRefusal(ErrorCode.MEMORY_FAULT, e);
            } catch (InternalError late) {
                assertTrue(late.getMessage().contains("fault"), late.getMessage());
            }
        }
        throw new AssertionError("no fault was seen");
    }

    private static void assertPoisoned(DataBlockConsumer in) {
        for (int i = 0; i < 3; i++) assertRefused(ErrorCode.MEMORY_FAULT, () -> in.next(Duration.ZERO));
        in.close();
        assertRefused(ErrorCode.HANDLE_CLOSED, () -> in.next(Duration.ZERO));
    }

    private static void assertPoisoned(DataBlockProducer out) {
        for (int i = 0; i < 3; i++) assertRefused(ErrorCode.MEMORY_FAULT, () -> out.claim(Duration.ZERO));
        out.close();
        assertRefused(ErrorCode.HANDLE_CLOSED, () -> out.claim(Duration.ZERO));
    }

    @ParameterizedTest
    @EnumSource
    void aConsumerWhoseDataIsTruncatedIsPoisoned(SyncPolicy policy) throws IOException {
        long slots = policy == SyncPolicy.LATEST_ONLY ? 1 : 64;
        try (DataBlockProducer out = hub.hub().create(spec.slots(slots).policy(policy))) {
            for (int i = 0; i < 20; i++) out.write(tx -> tx.length(4096));
        }
        DataBlockConsumer observer =
                hub.hub().attach("b", ConsumerSpec.observer().from(StartFrom.OLDEST));
        ConsumerSpec inPlace =
                slots == 1 ? ConsumerSpec.pinned() : ConsumerSpec.lossless().from(StartFrom.OLDEST);
        DataBlockConsumer reader = hub.hub().attach("b", inPlace);
        truncate("data.1");
        assertPoisons(() -> observer.next(Duration.ZERO));
        Refusals.assertNames(assertPoisons(() -> reader.next(Duration.ZERO)), "block=b");
        assertPoisoned(observer);
        assertPoisoned(reader);
    }

    @Test
    void aConsumerWhoseDataIsTruncatedWhileItReadsIsPoisoned() throws IOException {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer reader = hub.hub().attach("b", ConsumerSpec.lossless());
        for (int i = 0; i < 10; i++) out.write(tx -> tx.length(4096));
        assertPoisons(() -> reader.read(Duration.ZERO, slot -> {
            try {
                truncate("data.1");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            slot.payload().get(ValueLayout.JAVA_BYTE, 4000);
        }));
        assertTrue(reader.received() + reader.missed() <= 1);
        assertPoisoned(reader);
    }

    @Test
    void aConsumerWhoseDataIsTruncatedWhileItHoldsASlotIsPoisoned() throws IOException {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer reader = hub.hub().attach("b", ConsumerSpec.lossless());
        for (int i = 0; i < 10; i++) out.write(tx -> tx.length(4096));
        assertEquals(Next.SLOT, reader.next(Duration.ZERO));
        truncate("data.1");
        assertPoisons(() -> reader.next(Duration.ZERO));
        assertPoisoned(reader);
    }

    @Test
    void aSubscriberIsToldOfAFault() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer reader = hub.hub().attach("b", ConsumerSpec.lossless());
        for (int i = 0; i < 10; i++) out.write(tx -> tx.length(4096));
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        reader.publisher().subscribe(new Told(end, () -> {
            try {
                truncate("data.1");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }));
        assertRefusal(ErrorCode.MEMORY_FAULT, end.get(30, TimeUnit.SECONDS));
        assertPoisoned(reader);
    }

    @Test
    void aSubscriberIsToldOfAnError() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer reader = hub.hub().attach("b", ConsumerSpec.lossless());
        out.write(tx -> tx.length(4096));
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        InternalError late = new InternalError("a fault that was seen late");
        reader.publisher().subscribe(new Told(end, () -> {
            throw late;
        }));
        assertEquals(late, end.get(30, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data.1", "control"})
    void aProducerWhoseFilesAreTruncatedIsPoisoned(String file) throws IOException {
        DataBlockProducer out = hub.hub().create(spec);
        for (int i = 0; i < 10; i++) out.write(tx -> tx.length(4096));
        truncate(file);
        assertPoisons(() -> out.write(tx -> tx.length(4096)));
        assertPoisoned(out);
    }

    @Test
    void aProducerWhoseDataIsTruncatedWhileASlotIsClaimedIsPoisoned() throws IOException {
        DataBlockProducer out = hub.hub().create(spec);
        out.claim(Duration.ZERO);
        truncate("data.1");
        AtomicBoolean claimed = new AtomicBoolean(true);
        assertPoisons(() -> {
            if (claimed.getAndSet(false)) out.commit(4096);
            else out.write(tx -> {});
        });
        assertPoisoned(out);
    }

    @Test
    void aProviderGoesThoughAConsumersMemoryIsGone() throws IOException {
        TestIntegrity sums = new TestIntegrity("sums", 200);
        hub.providers.add(sums, 0);
        DataBlockProducer out = hub.hub().create(spec.integrity("sums"));
        DataBlockConsumer reader = hub.hub().attach("b", ConsumerSpec.lossless().accept("sums"));
        for (int i = 0; i < 10; i++) out.write(tx -> tx.length(4096));
        assertEquals(Next.SLOT, reader.next(Duration.ZERO));
        truncate("data.1");
        try {
            hub.providers.letGo(sums, hub.kernel);
        } catch (InternalError late) {
            assertTrue(late.getMessage().contains("fault"), late.getMessage());
        }
        assertNull(hub.providers.integrity(200));
        assertPoisons(() -> reader.next(Duration.ZERO));
        assertPoisoned(reader);
    }

    @Test
    void othersGoOn() throws IOException {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockProducer other =
                hub.hub().create(BlockSpec.named("other").slots(3).slotBytes(8));
        truncate("data.1");
        truncate("state");
        truncate("control");
        assertPoisons(() -> out.write(tx -> tx.length(4096)));
        other.write(tx -> tx.length(0));
        HubFixture.eventually(() -> hub.hub().info("other").beatAgeNanos() >= 0);
        assertPoisoned(out);
        hub.hub().remove("b");
    }
}
