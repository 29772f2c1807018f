package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.HubFixture.eventually;
import static org.datahub.engine.Marked.write;
import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timeouts;
import org.datahub.api.WriteTransaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Deadline
class ProvidersTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(5).slotBytes(8).writeTimeout(SOON);

    private <T> Background<T> waiting(Callable<T> work) {
        long before = hub.kernel.clockReads.sum();
        Background<T> started = Background.run(work);
        eventually(() -> hub.kernel.clockReads.sum() > before + 10);
        assertTrue(started.running());
        return started;
    }

    @Test
    void aWriteWithoutItsProviderFailsTypedAndTakesNoOther() {
        hub.providers.add(new TestIntegrity("sums", 200), 100);
        hub.providers.remove(hub.crc32c);
        DataBlockProducer out = hub.hub().create(spec);
        assertNames(
                assertRefused(ErrorCode.INTEGRITY_MISSING, () -> out.claim(Duration.ZERO)),
                "integrity=crc32c",
                "block=b");
        assertRefused(ErrorCode.INTEGRITY_MISSING, () -> out.claim(Duration.ofMillis(5)));
        assertRefused(ErrorCode.INTEGRITY_MISSING, () -> out.begin(Duration.ofMillis(5)));
        assertEquals(0, hub.hub().info("b").next());
    }

    @Test
    void aWriteThatWaitsForItsProviderGoesOnWhenItComes() {
        DataBlockProducer out = hub.hub().create(spec);
        write(out, 1);
        hub.providers.remove(hub.crc32c);
        Background<Claim> claim = waiting(() -> out.claim(LONG));
        hub.providers.add(hub.crc32c, 0);
        assertEquals(Claim.CLAIMED, claim.result());
    }

    @Test
    void aReadWithoutItsProviderFailsTypedAndLosesNoSlot() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 3);
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        hub.providers.remove(hub.crc32c);
        assertTrue(in.release());
        assertNames(
                assertRefused(ErrorCode.INTEGRITY_MISSING, () -> in.next(Duration.ZERO)),
                "integrity=crc32c",
                "block=b");
        assertRefused(ErrorCode.INTEGRITY_MISSING, () -> in.next(Duration.ofMillis(5)));
        Background<Next> next = waiting(() -> {
            Next found = in.next(LONG);
            in.release();
            return found;
        });
        hub.providers.add(hub.crc32c, 0);
        assertEquals(Next.SLOT, next.result());
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertEquals(2, in.number());
        assertTrue(in.release());
        assertEquals(3, in.received());
        assertEquals(0, in.missed());
    }

    @Test
    void aSubscriberIsGivenEverySlotWhenItsProviderIsBack() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 3);
        hub.providers.remove(hub.crc32c);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        in.publisher().subscribe(new Told(end, () -> {}));
        eventually(() -> looks() > 2 || end.isDone());
        hub.providers.add(hub.crc32c, 0);
        out.close();
        assertNull(end.get(30, TimeUnit.SECONDS));
        assertEquals(3, in.received());
        assertEquals(0, in.missed());
    }

    @Test
    void aSubscriberIsToldWhenItsProviderDoesNotComeBackInTheTimeOfARead() throws Exception {
        Hub hasty =
                hub.open("hasty", hub.path(), hub.providers, Timeouts.defaults().read(Duration.ofMillis(300)));
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hasty.attach("b", ConsumerSpec.lossless());
        write(out, 1);
        hub.providers.remove(hub.crc32c);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        in.publisher().subscribe(new Told(end, () -> {}));
        DataHubException told = assertInstanceOf(DataHubException.class, end.get(30, TimeUnit.SECONDS));
        assertEquals(ErrorCode.INTEGRITY_MISSING, told.code());
        assertTrue(looks() > 1, "looked once");
    }

    private long looks() {
        return hub.hub().info("b").rows().getFirst().counters().get("waits");
    }

    @Test
    void aStateBlocksReaderWithoutItsProviderCountsNothingTwice() {
        DataBlockProducer out = hub.hub().create(spec.slots(1).policy(SyncPolicy.LATEST_ONLY));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.pinned());
        write(out, 1);
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertTrue(in.release());
        write(out, 5);
        hub.providers.remove(hub.crc32c);
        for (int i = 0; i < 5; i++) assertRefused(ErrorCode.INTEGRITY_MISSING, () -> in.next(Duration.ZERO));
        hub.providers.add(hub.crc32c, 0);
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertEquals(5, in.number());
        assertTrue(in.release());
        assertEquals(6, in.received() + in.missed());
    }

    @Test
    void aConsumerWaitsOnlyForAnAlgorithmThatItAccepts() throws Exception {
        TestIntegrity hmac = new TestIntegrity("hmac-sha256", 2);
        hub.providers.add(hmac, 0);
        DataBlockProducer out = hub.hub().create(spec.integrity("hmac-sha256"));
        write(out, 2);
        hub.providers.remove(hmac);
        DataBlockConsumer strict = hub.hub()
                .attach("b", ConsumerSpec.lossless().from(StartFrom.OLDEST).accept("crc32c"));
        assertRefused(ErrorCode.INTEGRITY_REFUSED, () -> strict.next(LONG));
        DataBlockConsumer patient =
                hub.hub().attach("b", ConsumerSpec.lossless().from(StartFrom.OLDEST));
        assertNames(
                assertRefused(ErrorCode.INTEGRITY_MISSING, () -> patient.next(Duration.ZERO)), "integrity=hmac-sha256");
        hub.providers.add(hmac, 0);
        assertEquals(Next.SLOT, patient.next(Duration.ZERO));
    }

    @Test
    void aWriteWaitsForTheKeyAndThenFailsTyped() {
        TestIntegrity hmac = new TestIntegrity("hmac-sha256", 2);
        hmac.keyId = 0xfedc_ba98_0000_0001L;
        hmac.held = false;
        hub.providers.add(hmac, 0);
        DataBlockProducer out = hub.hub().create(spec.integrity("hmac-sha256"));
        assertNames(
                assertRefused(ErrorCode.KEY_MISSING, () -> out.claim(Duration.ZERO)),
                "integrity=hmac-sha256",
                "block=b",
                "key.id=fedcba9800000001",
                "key.epoch=1");
        Background<Claim> claim = waiting(() -> out.claim(LONG));
        hmac.held = true;
        assertEquals(Claim.CLAIMED, claim.result());
    }

    @Test
    void aReadWaitsForTheKeyThenFailsTypedAndLosesNoSlot() {
        TestIntegrity hmac = new TestIntegrity("hmac-sha256", 2);
        hmac.keyId = 7;
        hub.providers.add(hmac, 0);
        DataBlockProducer out = hub.hub().create(spec.integrity("hmac-sha256"));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 2);
        hmac.held = false;
        assertNames(
                assertRefused(ErrorCode.KEY_MISSING, () -> in.next(Duration.ZERO)),
                "integrity=hmac-sha256",
                "key.id=0000000000000007");
        Background<Next> next = waiting(() -> {
            Next found = in.next(LONG);
            in.release();
            return found;
        });
        hmac.held = true;
        assertEquals(Next.SLOT, next.result());
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertEquals(1, in.number());
        assertEquals(0, in.missed());
    }

    @Test
    void noneNeedsNoProvider() {
        hub.providers.remove(hub.crc32c);
        DataBlockProducer out = hub.hub().create(spec.integrity("none"));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless().accept("none"));
        write(out, 1);
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
    }

    @Test
    void aManualBlockNeedsItsProviderForSealsOnly() {
        hub.providers.remove(hub.crc32c);
        DataBlockProducer out = hub.hub().create(spec.integrityMode(IntegrityMode.MANUAL));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 1);
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        WriteTransaction tx = out.begin(SOON);
        assertRefused(ErrorCode.INTEGRITY_MISSING, tx::seal);
        hub.providers.add(hub.crc32c, 0);
        tx.seal().commit();
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertTrue(in.verify());
        hub.providers.remove(hub.crc32c);
        assertRefused(ErrorCode.INTEGRITY_MISSING, in::verify);
    }

    @Test
    void recordsFlowWhileTheProviderComesAndGoes() {
        DataBlockProducer out = hub.hub().create(spec.writeTimeout(LONG));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        AtomicLong read = new AtomicLong();
        AtomicBoolean enough = new AtomicBoolean();
        Background<Long> writer = Background.run(() -> {
            while (!enough.get()) write(out, 1);
            long written = out.next();
            out.close();
            return written;
        });
        Background<Next> reader = Background.run(() -> {
            Next next = in.next(LONG);
            for (; next == Next.SLOT; next = in.next(LONG)) assertEquals(read.getAndIncrement(), in.user());
            return next;
        });
        for (int round = 0; round < 25; round++) {
            long before = read.get();
            eventually(() -> read.get() > before + 10);
            hub.providers.remove(hub.crc32c);
            long gone = hub.kernel.clockReads.sum();
            eventually(() -> hub.kernel.clockReads.sum() > gone + 10);
            hub.providers.add(hub.crc32c, 0);
        }
        enough.set(true);
        assertEquals(Next.END, reader.result());
        assertEquals(writer.result(), in.received());
        assertEquals(writer.result(), read.get());
        assertEquals(0, in.missed());
    }

    /// A provider at work is let go in the background; `release` ends its work.
    private void isLetGoWhenItsWorkIsDone(TestIntegrity sums, Background<?> work, CountDownLatch release) {
        Background<Void> going = Background.run(() -> {
            hub.providers.letGo(sums, hub.kernel);
            return null;
        });
        eventually(() -> hub.providers.integrity("sums") == null);
        assertTrue(going.running());
        release.countDown();
        work.result();
        going.result();
        assertNull(hub.providers.integrity(200));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(1, TimeUnit.MINUTES));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aProviderIsLetGoWhenTheWriteThatBeganWithItIsDone() {
        TestIntegrity sums = new TestIntegrity("sums", 200);
        hub.providers.add(sums, 0);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        DataBlockProducer out = hub.hub().create(spec.integrity("sums"));
        Background<Void> work = Background.run(() -> {
            out.write(tx -> {
                inside.countDown();
                await(release);
            });
            return null;
        });
        await(inside);
        isLetGoWhenItsWorkIsDone(sums, work, release);
        assertEquals(1, out.next());
        assertRefused(ErrorCode.INTEGRITY_MISSING, () -> out.claim(Duration.ZERO));
    }

    @Test
    void aProviderIsLetGoWhenTheVerificationThatBeganWithItIsDone() {
        TestIntegrity sums = new TestIntegrity("sums", 200);
        hub.providers.add(sums, 0);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        DataBlockProducer out = hub.hub().create(spec.integrity("sums"));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless().accept("sums"));
        write(out, 1);
        sums.whileVerifying = () -> {
            inside.countDown();
            await(release);
        };
        Background<Next> work = Background.run(() -> in.next(Duration.ZERO));
        await(inside);
        isLetGoWhenItsWorkIsDone(sums, work, release);
        assertEquals(Next.SLOT, work.result());
    }

    @Test
    void aProviderIsLetGoWhenConsumersHaveReadWhatItSealed() {
        TestIntegrity sums = new TestIntegrity("sums", 200);
        hub.providers.add(sums, 0);
        DataBlockProducer out = hub.hub().create(spec.integrity("sums"));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless().accept("sums"));
        CountDownLatch release = new CountDownLatch(1);
        write(out, 1);
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertTrue(in.release());
        write(out, 3);
        Background<Void> work = Background.run(() -> {
            await(release);
            for (int i = 0; i < 3; i++) {
                assertEquals(Next.SLOT, in.next(Duration.ZERO));
                assertTrue(in.release());
            }
            return null;
        });
        isLetGoWhenItsWorkIsDone(sums, work, release);
        assertEquals(4, in.received());
    }

    @Test
    void aProviderGoesAfterTwoSecondsWhoeverStillHasSlotsOfIt() {
        TestIntegrity sums = new TestIntegrity("sums", 200);
        hub.providers.add(sums, 0);
        DataBlockProducer out = hub.hub().create(spec.integrity("sums"));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless().accept("sums"));
        write(out, 1);
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertTrue(in.release());
        write(out, 1);
        hub.kernel.hurries = true;
        hub.providers.letGo(sums, hub.kernel);
        hub.kernel.hurries = false;
        assertRefused(ErrorCode.INTEGRITY_MISSING, () -> in.next(Duration.ZERO));
        hub.providers.add(sums, 0);
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertEquals(1, in.number());
    }

    @Test
    void aProviderThatNobodyWorksWithGoesAtOnceAlsoFromInsideAWrite() {
        TestIntegrity hmac = new TestIntegrity("hmac-sha256", 2);
        hub.providers.add(hmac, 0);
        DataBlockProducer out = hub.hub().create(spec.integrity("hmac-sha256"));
        DataBlockConsumer idle = hub.hub().attach("b", ConsumerSpec.lossless().accept("hmac-sha256"));
        out.write(tx -> hub.providers.letGo(hmac, hub.kernel));
        assertEquals(1, idle.lag());
        assertRefused(ErrorCode.INTEGRITY_MISSING, () -> idle.next(Duration.ZERO));
    }

    @Test
    void aProducerOfADeclaredBlockTakesNoProviderThatIsAboutToGo() {
        Providers providers = new Providers();
        TestIntegrity sums = new TestIntegrity("sums", 200);
        providers.add(sums, 0);
        BoundIntegrity bound = new BoundIntegrity(providers);
        bound.set(sums);
        assertSame(sums, bound.current());
        long before = bound.version();
        providers.letGo(sums, hub.kernel);
        assertNotEquals(before, bound.version());
        bound.unset(sums);
        assertNull(bound.current());
    }

    @Test
    void theBestRankedProviderOfANameServesAndTheOldestAmongEquals() {
        Providers providers = new Providers();
        TestIntegrity first = new TestIntegrity("x", 9);
        TestIntegrity second = new TestIntegrity("x", 9);
        TestIntegrity best = new TestIntegrity("x", 9);
        assertNull(providers.integrity("x"));
        providers.add(first, 0);
        providers.add(second, 0);
        assertSame(first, providers.integrity("x"));
        providers.add(best, 5);
        assertSame(best, providers.integrity("x"));
        assertSame(best, providers.integrity(9));
        long version = providers.version();
        providers.remove(best);
        assertNotEquals(version, providers.version());
        assertSame(first, providers.integrity(9));
        assertNull(providers.integrity("y"));
        assertNull(providers.integrity(8));
    }

    @Test
    void aMissingAllocatorIsNamedWithThoseThatAreThere() {
        assertNames(
                assertRefused(ErrorCode.ALLOCATOR_MISSING, () -> hub.hub().create(spec.allocator("hugepages"))),
                "allocator=hugepages",
                "present=[shm, thp]");
        assertTrue(hub.everything().isEmpty());
    }
}
