package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;
import org.datahub.api.SlotCopy;
import org.datahub.api.StartFrom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Consumers that choose what they read.
@Deadline
class SeekTest {
    private static final Duration NOW = Duration.ZERO;
    private static final int SLOTS = 8;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private DataBlockProducer out;

    @BeforeEach
    void aBlockWithTwentySlots() {
        out = hub.closing(hub.hub()
                .create(BlockSpec.named("seek").slotBytes(64).slots(SLOTS).writeTimeout(NOW)));
        write(20);
    }

    private void write(int count) {
        for (int i = 0; i < count; i++) out.write(tx -> tx.payload().set(ValueLayout.JAVA_LONG, 0, tx.number()));
    }

    private DataBlockConsumer attach(ConsumerSpec spec) {
        return hub.closing(hub.hub().attach("seek", spec));
    }

    private static void assertNext(long number, DataBlockConsumer in) {
        assertEquals(Next.SLOT, in.next(NOW));
        assertEquals(number, in.number());
        assertEquals(number, in.segment().get(ValueLayout.JAVA_LONG, in.offset()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConsumerGoesBackAndForth(boolean lossless) {
        DataBlockConsumer in = attach(lossless ? ConsumerSpec.lossless() : ConsumerSpec.observer());
        in.seek(15);
        assertNext(15, in);
        in.seek(StartFrom.OLDEST);
        assertNext(20 - SLOTS, in);
        in.seek(19);
        assertNext(19, in);
        in.seek(StartFrom.LATEST);
        assertEquals(Next.TIMEOUT, in.next(NOW));
        assertEquals(0, in.missed());
    }

    @Test
    void aSlotThatIsGoneIsAGap() {
        DataBlockConsumer in = attach(ConsumerSpec.observer());
        in.seek(3);
        assertEquals(Next.GAP, in.next(NOW));
        assertEquals(3, in.gapFrom());
    }

    @Test
    void aSlotThatIsNotThereYetIsRefused() {
        DataBlockConsumer in = attach(ConsumerSpec.observer());
        assertThrows(IllegalArgumentException.class, () -> in.seek(21));
        assertThrows(IllegalArgumentException.class, () -> in.seek(-1));
        in.seek(20);
        assertEquals(Next.TIMEOUT, in.next(NOW));
    }

    @Test
    void aTimeLeadsToTheFirstSlotNotBeforeIt() {
        DataBlockConsumer in = attach(ConsumerSpec.observer());
        List<Long> times = new ArrayList<>();
        in.seek(StartFrom.OLDEST);
        while (in.next(NOW) == Next.SLOT) times.add(in.timestamp());
        assertEquals(SLOTS, times.size());
        in.seekTime(times.get(3));
        assertEquals(Next.SLOT, in.next(NOW));
        assertTrue(in.timestamp() >= times.get(3) && in.number() <= 20 - SLOTS + 3);
        in.seekTime(Long.MAX_VALUE);
        assertEquals(Next.TIMEOUT, in.next(NOW));
        in.seekTime(0);
        assertNext(20 - SLOTS, in);
    }

    @Test
    void aLosslessConsumerThatWentBackGatesFromThere() {
        DataBlockConsumer in = attach(ConsumerSpec.lossless());
        in.seek(16);
        write(4); // 20 to 23: slot 16 is the oldest now, and stays
        assertThrows(org.datahub.api.DataHubException.class, () -> write(1));
        for (long n = 16; n < 24; n++) assertNext(n, in);
    }

    @Test
    void theNewestEachIntervalPassesOverTheOthers() {
        DataBlockConsumer in = attach(ConsumerSpec.observer().newestEach(Duration.ofMillis(20)));
        write(3);
        assertEquals(Next.SLOT, in.next(HubFixture.SOON));
        assertEquals(22, in.number());
        write(5);
        assertEquals(Next.TIMEOUT, in.next(NOW));
        assertEquals(Next.SLOT, in.next(HubFixture.SOON));
        assertEquals(27, in.number());
        in.release();
        assertEquals(2, in.received());
        assertEquals(6, in.missed());
    }

    @Test
    void theWaitForTheIntervalAndTheOneForASlotHaveOneDeadline() {
        DataBlockConsumer in = attach(ConsumerSpec.observer().newestEach(Duration.ofSeconds(3)));
        write(1);
        assertEquals(Next.SLOT, in.next(HubFixture.SOON));
        in.release();
        hub.kernel.hurries = true; // a tenth of a second each look at the clock
        long begin = hub.kernel.nanos();
        assertEquals(Next.TIMEOUT, in.next(Duration.ofSeconds(4)));
        long took = hub.kernel.nanos() - begin;
        assertTrue(took < Duration.ofSeconds(6).toNanos(), "took " + Duration.ofNanos(took));
    }

    @Test
    void aSubscriberGetsCopiesAsItAsksForThem() throws Exception {
        DataBlockConsumer in = attach(ConsumerSpec.observer().from(StartFrom.OLDEST));
        List<SlotCopy> copies = new ArrayList<>();
        CountDownLatch first = new CountDownLatch(3);
        CountDownLatch complete = new CountDownLatch(1);
        Flow.Subscription[] subscription = new Flow.Subscription[1];
        in.publisher().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription given) {
                subscription[0] = given;
                given.request(3);
            }

            @Override
            public void onNext(SlotCopy copy) {
                copies.add(copy);
                first.countDown();
            }

            @Override
            public void onError(Throwable error) {
                throw new AssertionError(error);
            }

            @Override
            public void onComplete() {
                complete.countDown();
            }
        });
        assertTrue(first.await(20, TimeUnit.SECONDS));
        assertEquals(3, copies.size());
        out.close();
        subscription[0].request(Long.MAX_VALUE);
        assertTrue(complete.await(20, TimeUnit.SECONDS));
        assertEquals(SLOTS, copies.size());
        for (int i = 0; i < SLOTS; i++) {
            assertEquals(20 - SLOTS + i, copies.get(i).number());
            assertEquals((byte) (20 - SLOTS + i), copies.get(i).payload()[0]);
        }
    }
}
