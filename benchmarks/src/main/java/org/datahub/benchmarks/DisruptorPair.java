package org.datahub.benchmarks;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import java.io.IOException;
import java.nio.file.Path;

/// LMAX Disruptor: one process, two threads, each pinned to its core by itself; one producer, busy
/// spinning, records are arrays of words on the heap.
public final class DisruptorPair {
    private DisruptorPair() {}

    private static final class Event {
        private final long[] words = new long[Payload.WORDS];
    }

    private static final class Ring extends Channel {
        private final RingBuffer<Event> ring = RingBuffer.createSingleProducer(
                Event::new, Integer.highestOneBit(Settings.CELLS), new BusySpinWaitStrategy());
        private final SequenceBarrier barrier = ring.newBarrier();
        private final Sequence read = new Sequence();
        private long position;
        private long available = -1;

        private Ring() {
            ring.addGatingSequences(read);
        }

        @Override
        void send(long seed) {
            long n = ring.next();
            long[] words = ring.get(n).words;
            if (Payload.IN_BULK) {
                System.arraycopy(Payload.SOURCE_WORDS, 0, words, 0, words.length);
                words[0] = seed;
                words[words.length - 1] = seed;
            } else {
                for (int i = 0; i < words.length; i++) words[i] = seed + i;
            }
            ring.publish(n);
        }

        @Override
        long receive() {
            try {
                if (available < position) available = barrier.waitFor(position);
            } catch (AlertException | InterruptedException | TimeoutException e) {
                throw new IllegalStateException(e);
            }
            long sum = 0;
            for (long word : ring.get(position).words) sum += word;
            if (position == available) read.set(position); // after what was there, as its processors do
            position++;
            return sum;
        }
    }

    private static void pin(int core) {
        try {
            String thread =
                    Path.of("/proc/thread-self").toRealPath().getFileName().toString();
            Process taskset = new ProcessBuilder("taskset", "-cp", "" + core, thread)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (taskset.waitFor() != 0) throw new IllegalStateException("taskset failed");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// `DisruptorPair rtt|oneway`
    public static void main(String[] arguments) {
        Ring out = new Ring();
        Ring back = new Ring();
        Warmup warmup = Warmup.begin("warm", "warm");
        Thread other = new Thread(() -> {
            pin(1);
            Side.run(false, arguments[0], out, back, warmup);
        });
        other.setDaemon(true);
        other.start();
        pin(0);
        Side.run(true, arguments[0], out, back, warmup);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
