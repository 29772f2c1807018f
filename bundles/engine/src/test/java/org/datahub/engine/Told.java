package org.datahub.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.datahub.api.SlotCopy;

/// A subscriber that wants every slot.
///
/// @param end what ended the publisher's thread, null for the end of the stream
/// @param first is run by each slot
record Told(CompletableFuture<Throwable> end, Runnable first) implements Flow.Subscriber<SlotCopy> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(SlotCopy copy) {
        first.run();
    }

    @Override
    public void onError(Throwable reason) {
        end.complete(reason);
    }

    @Override
    public void onComplete() {
        end.complete(null);
    }
}
