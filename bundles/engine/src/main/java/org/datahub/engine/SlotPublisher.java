package org.datahub.engine;

import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.Slot;
import org.datahub.api.SlotCopy;
import org.datahub.api.layout.Words;

/// A consumer's slots as a reactive stream: one subscriber, one thread, a copy for each slot asked
/// for.
final class SlotPublisher implements Flow.Publisher<SlotCopy> {
    // A cancel acts within this time, or at once where a slot comes.
    private static final Duration LOOK = Duration.ofMillis(100);

    private final DataBlockConsumer consumer;
    private final AtomicBoolean subscribed = new AtomicBoolean();
    private volatile Publication served;

    SlotPublisher(DataBlockConsumer consumer) {
        this.consumer = consumer;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super SlotCopy> subscriber) {
        Publication publication = new Publication(subscriber);
        if (subscribed.compareAndSet(false, true)) {
            served = publication;
            subscriber.onSubscribe(publication);
            Thread.ofPlatform()
                    .daemon()
                    .name("datahub-publisher-" + consumer.name())
                    .start(publication);
            return;
        }
        publication.cancel();
        subscriber.onSubscribe(publication);
        subscriber.onError(new IllegalStateException("one subscriber only: block=" + consumer.name()));
    }

    /// The handle is closed: a thread that waits until somebody wants a slot finds out.
    void wake() {
        Publication waiting = served;
        if (waiting != null) waiting.demand.release();
    }

    private final class Publication implements Flow.Subscription, Runnable {
        private final Flow.Subscriber<? super SlotCopy> subscriber;
        private final Semaphore demand = new Semaphore(0);
        private volatile boolean cancelled;
        private volatile IllegalArgumentException refusal;
        private SlotCopy copy;
        private boolean away; // the next slot's provider
        private long awaySince;

        Publication(Flow.Subscriber<? super SlotCopy> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            if (count <= 0)
                refusal = new IllegalArgumentException("request out of range: count=" + count + ", least=1");
            // A semaphore counts an int: more than that many at a time is as good as all. Two are for cancel and wake.
            long most = Integer.MAX_VALUE - 2 - demand.availablePermits();
            demand.release((int) Math.max(1, Math.min(count, most)));
        }

        @Override
        public void cancel() {
            cancelled = true;
            demand.release();
        }

        @Override
        public void run() {
            try {
                while (true) {
                    demand.acquire();
                    if (refusal != null) throw refusal;
                    SlotCopy copy = cancelled ? null : next();
                    if (cancelled) return;
                    if (copy == null) break;
                    subscriber.onNext(copy);
                }
                subscriber.onComplete();
            } catch (InterruptedException | RuntimeException | Error e) { // a fault in mapped memory is an Error
                if (!cancelled) subscriber.onError(e);
            }
        }

        /// The next slot that could be proven; null at the end of the stream or when nobody wants
        /// it any more.
        private SlotCopy next() {
            while (!cancelled) {
                copy = null;
                Next next = look();
                if (next == Next.END) return null;
                if (next == Next.SLOT) return copy;
            }
            return null;
        }

        /// A slot whose provider or key is away is waited for as long as any read waits for it.
        private Next look() {
            try {
                Next next = consumer.read(LOOK, this::take);
                away = false;
                return next;
            } catch (DataHubException e) {
                if (e.code() != ErrorCode.INTEGRITY_MISSING && e.code() != ErrorCode.KEY_MISSING) throw e;
                if (!away) awaySince = System.nanoTime() - LOOK.toNanos();
                away = true;
                Duration time = Duration.ofNanos(System.nanoTime() - awaySince);
                if (time.compareTo(consumer.readTimeout()) >= 0) throw e;
                return Next.TIMEOUT;
            }
        }

        private void take(Slot slot) {
            byte[] payload = new byte[(int) slot.length()];
            Words.copy(consumer.segment(), consumer.offset(), payload, 0, payload.length);
            copy = new SlotCopy(slot.number(), slot.timestamp(), slot.user(), payload);
        }
    }
}
