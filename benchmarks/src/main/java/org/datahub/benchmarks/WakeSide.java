package org.datahub.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;
import org.datahub.api.Waiting;

/// A blocked consumer: `WakeSide a|b`. a writes a record each millisecond with the time in its user
/// word, b sleeps until it comes. Then nothing comes, and b tells what CPU time its sleep costs.
public final class WakeSide {
    private static final long MILLI = 1_000_000;
    private static final long OFTEN = 100_000; // so that the way through a sleep is compiled when it counts
    private static final int MOST_SAMPLES = 1 << 16;
    private static final Duration IDLE = Duration.ofSeconds(2);

    private WakeSide() {}

    /// Runs it.
    public static void main(String[] arguments) {
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
        out.drain(HandleChannel.LONG);
        write(out, Payload.STOP); // after the idle time
        out.drain(HandleChannel.LONG);
    }

    private static void write(DataBlockProducer out, long user) {
        out.claim(HandleChannel.LONG);
        out.commit(0, user);
    }

    private static void sleep() {
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
        // The slot is still held, so the producer waits; nothing comes.
        idle(in);
    }

    private static void idle(DataBlockConsumer in) {
        DataBlockConsumer other = Blocks.HUB.attach(
                "out", ConsumerSpec.observer().accept(Settings.INTEGRITY).waiting(Waiting.BLOCK));
        long cpu =
                ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
        long begin = System.nanoTime();
        if (other.next(IDLE) != Next.TIMEOUT) throw new IllegalStateException("a slot");
        long wall = System.nanoTime() - begin;
        cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() - cpu;
        Side.print("idle_cpu_percent", 100.0 * cpu / wall);
        other.close();
        in.release();
        in.next(HandleChannel.LONG);
        in.release();
    }
}
