package org.datahub.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/// One process of a pair: `Side a|b|alone rtt|oneway SYSTEM`. A starts every exchange on `out`, b
/// answers on `back`; alone is one thread that writes and reads each record itself. Prints `name
/// value` lines.
public final class Side {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int MOST_SAMPLES = 8_000_000;
    private static final long LATER = Math.min(400_000_000, Settings.WARM);

    private Side() {}

    /// Runs it.
    public static void main(String[] arguments) throws Exception {
        boolean a = arguments[0].equals("a");
        String work = arguments[1];
        Peer peer = Peer.of(arguments[2]);
        if (arguments[0].equals("alone")) {
            alone(peer);
            return;
        }
        // Each end opens what the other waits for first.
        Channel out;
        Channel back;
        if (a) {
            out = peer.writer("out");
            back = peer.reader("back");
        } else {
            out = peer.reader("out");
            back = peer.writer("back");
        }
        run(a, work, out, back, Warmup.begin(a ? "warm-a" : "warm-b", a ? "warm-b" : "warm-a"));
        out.close();
        back.close();
        System.out.flush();
        Runtime.getRuntime().halt(0); // what a peer left running is not our business
    }

    static void run(boolean a, String work, Channel out, Channel back, Warmup warmup) {
        if (a) back.receive();
        else back.send(Payload.STOP);
        if (work.equals("rtt")) {
            if (a) ping(out, back, warmup);
            else pong(out, back);
        } else if (a) {
            produce(out, back, warmup);
        } else {
            consume(out, back, warmup);
        }
    }

    private static long trips(Channel out, Channel back, long n, int count) {
        for (int i = 0; i < count; i++) {
            out.send(Payload.seed(n));
            back.check(back.receive(), n++);
        }
        return n;
    }

    private static int timed(Channel out, Channel back, long n, int count, int[] sample, int at) {
        long t = System.nanoTime();
        for (int i = 0; i < count; i++) {
            out.send(Payload.seed(n));
            back.check(back.receive(), n++);
            long u = System.nanoTime();
            sample[at++] = (int) (u - t);
            t = u;
        }
        return at;
    }

    private static void ping(Channel out, Channel back, Warmup warmup) {
        int chunk = Math.min(256, Settings.CHUNK);
        int[] sample = new int[MOST_SAMPLES];
        long n = 0;
        while (!warmup.over()) {
            n = trips(out, back, n, chunk);
            timed(out, back, n, chunk, sample, 0);
            n += chunk;
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        int count = 0;
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < Settings.MEASURED && count + chunk < sample.length) {
            count = timed(out, back, n, chunk, sample, count);
            n += chunk;
        }
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        long trips = 0;
        long t;
        begin = System.nanoTime();
        while ((t = System.nanoTime()) - begin < Settings.MEASURED) {
            n = trips(out, back, n, chunk);
            trips += chunk;
        }
        out.sendStop();
        Arrays.sort(sample, 0, count);
        print("p50_ns", sample[count / 2]);
        print("p99_ns", sample[(int) (count * 99L / 100)]);
        print("mean_ns", (double) (t - begin) / trips);
        print("bytes_a_record", (double) allocated / count);
    }

    private static void pong(Channel out, Channel back) {
        for (long n = 0; ; n++) {
            out.check(out.receive(), n);
            if (out.stopped()) return;
            back.send(Payload.seed(n));
        }
    }

    private static void produce(Channel out, Channel back, Warmup warmup) {
        long n = 0;
        while (!warmup.over()) n = out.sendMany(n, Settings.CHUNK);
        long counted = n;
        long cpu = THREADS.getCurrentThreadCpuTime();
        // The other side learns a little later that it counts.
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < Settings.MEASURED + LATER) n = out.sendMany(n, Settings.CHUNK);
        print("cpu_ns_a_record", (double) (THREADS.getCurrentThreadCpuTime() - cpu) / (n - counted));
        out.sendStop();
        back.receive();
    }

    private static void consume(Channel out, Channel back, Warmup warmup) {
        long n = 0;
        long from = 0;
        long first = 0;
        long allocated = 0;
        boolean told = false;
        while (!out.stopped()) {
            n = out.receiveMany(n, Settings.CHUNK);
            if (told) continue;
            long t = System.nanoTime();
            if (from == 0 && warmup.over()) {
                from = t;
                first = n;
                allocated = THREADS.getCurrentThreadAllocatedBytes();
            } else if (from != 0 && t - from >= Settings.MEASURED) {
                print("records_per_s", (n - first) * 1e9 / (t - from));
                print("bytes_a_record", (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / (n - first));
                told = true;
            }
        }
        back.send(Payload.STOP);
    }

    /// What the instructions cost, without a second core: the best of many slices.
    private static void alone(Peer peer) throws Exception {
        Channel[] reader = new Channel[1];
        Exception[] failure = new Exception[1];
        Thread opener = new Thread(() -> {
            try {
                reader[0] = peer.reader("out");
            } catch (Exception e) {
                failure[0] = e;
            }
        });
        opener.start();
        Channel out = peer.writer("out");
        opener.join();
        if (failure[0] != null) throw failure[0];
        Channel in = reader[0];
        int slice = 4_000_000 / (Settings.BYTES + 64) + 16;
        long n = 0;
        double best = Double.MAX_VALUE;
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < Settings.WARM + Settings.MEASURED) {
            long t = System.nanoTime();
            n = passes(out, in, n, slice);
            best = Math.min(best, (double) (System.nanoTime() - t) / slice);
        }
        print("best_ns", best);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static long passes(Channel out, Channel in, long n, int count) {
        if (Settings.BATCH > 1) {
            for (int i = 0; i < count; i += Settings.BATCH) {
                out.sendMany(n, Settings.BATCH);
                n = in.receiveMany(n, Settings.BATCH);
            }
            return n;
        }
        for (int i = 0; i < count; i++) {
            out.send(Payload.seed(n));
            in.check(in.receive(), n++);
        }
        return n;
    }

    static void print(String name, double value) {
        System.out.println(name + " " + value);
    }
}
