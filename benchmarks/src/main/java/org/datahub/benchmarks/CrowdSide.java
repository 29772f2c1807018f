package org.datahub.benchmarks;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Next;
import org.datahub.api.Waiting;

/// Observers that sleep: `CrowdSide COUNT`. Each takes the newest record ten times a second, until
/// the stream ends. Says when all of them are there.
public final class CrowdSide {
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private CrowdSide() {}

    /// Runs it.
    public static void main(String[] arguments) throws InterruptedException {
        int count = Integer.parseInt(arguments[0]);
        CountDownLatch there = new CountDownLatch(count);
        Thread[] observers = new Thread[count];
        for (int i = 0; i < count; i++) observers[i] = Thread.ofPlatform().start(() -> observe(there));
        there.await();
        System.out.println("there");
        for (Thread observer : observers) observer.join();
        Runtime.getRuntime().halt(0);
    }

    private static void observe(CountDownLatch there) {
        DataBlockConsumer in = Blocks.HUB.attach(
                "out",
                ConsumerSpec.observer()
                        .accept(Settings.INTEGRITY)
                        .newestEach(INTERVAL)
                        .waiting(Waiting.BLOCK)
                        .attachTimeout(HandleChannel.LONG));
        there.countDown();
        Next next;
        do {
            next = in.next(HandleChannel.LONG);
            if (next == Next.SLOT) in.release();
        } while (next != Next.END);
    }
}
