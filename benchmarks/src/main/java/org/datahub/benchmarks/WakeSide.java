package org.datahub.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;
import org.datahub.api.Waiting;

/// A blocked consumer: `WakeSide a|b`. a writes a record each millisecond with the time in its user
/// word, b sleeps until it comes. Then nothing comes, and b tells what CPU time its sleep costs, and for
/// comparison what its JVM takes that has nothing to do at all, and one whose thread wakes up as often as a
/// consumer beats.
public final class WakeSide {
    private static final long MILLI = 1_000_000;
    private static final long OFTEN = 100_000; // so that the way through a sleep is compiled when it counts
    private static final int MOST_SAMPLES = 1 << 16;
    private static final Duration IDLE = Duration.ofNanos(5 * Settings.MEASURED);
    private static final Duration SETTLE = IDLE.dividedBy(2);
    private static final Duration TICK = Duration.ofMillis(100);

    private WakeSide() {}

    /// Runs it.
    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("a")) ring();
        else sleep();
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void ring() {
        DataBlockProducer out = Blocks.producer("out");
        long warm = System.nanoTime() + Settings.WARM;
        long end = warm + Settings.MEASURED;
        for (long t = System.nanoTime(); t < end; t += t < warm ? OFTEN : MILLI) {
            while (System.nanoTime() < t) Thread.onSpinWait();
            write(out, System.nanoTime());
        }
        write(out, Payload.STOP);
        while (out.losslessConsumers() > 0) LockSupport.parkNanos(50 * MILLI);
    }

    private static void write(DataBlockProducer out, long user) {
        out.claim(HandleChannel.LONG);
        out.commit(0, user);
    }

    private static void sleep() throws IOException {
        DataBlockConsumer in = Blocks.HUB.attach(
                "out",
                ConsumerSpec.lossless()
                        .accept(Settings.INTEGRITY)
                        .waiting(Waiting.BLOCK)
                        .attachTimeout(HandleChannel.LONG));
        int[] sample = new int[MOST_SAMPLES];
        int count = 0;
        long begin = System.nanoTime();
        while (true) {
            if (in.next(HandleChannel.LONG) != Next.SLOT) throw new IllegalStateException("no slot");
            long now = System.nanoTime();
            long sent = in.user();
            if (sent == Payload.STOP) break;
            in.release();
            if (now - begin > Settings.WARM && count < sample.length) sample[count++] = (int) (now - sent);
        }
        Arrays.sort(sample, 0, count);
        Side.print("p50_ns", sample[count / 2]);
        Side.print("p99_ns", sample[(int) (count * 99L / 100)]);
        in.release();
        if (in.next(SETTLE) != Next.TIMEOUT) throw new IllegalStateException("a slot"); // compilers finish
        spent("idle_cpu_percent", () -> {
            if (in.next(IDLE) != Next.TIMEOUT) throw new IllegalStateException("a slot");
        });
        in.close();
        Blocks.HUB.close();
        spent("jvm_cpu_percent", () -> LockSupport.parkNanos(IDLE.toNanos()));
        spent("ticking_cpu_percent", () -> {
            for (int tick = 0; tick < IDLE.dividedBy(TICK); tick++) LockSupport.parkNanos(TICK.toNanos());
        });
    }

    /// Prints what CPU time all threads of this process take while `sleeping` runs, of one core.
    private static void spent(String name, Runnable sleeping) throws IOException {
        ThreadTimes before = allThreads();
        long from = System.nanoTime();
        sleeping.run();
        Side.print(name, 100.0 * allThreads().since(before).ran() / (System.nanoTime() - from));
    }

    private static ThreadTimes allThreads() throws IOException {
        return ThreadTimes.of(name -> true);
    }
}
