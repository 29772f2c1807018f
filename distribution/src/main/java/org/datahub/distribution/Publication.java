package org.datahub.distribution;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import org.datahub.api.Claim;
import org.datahub.api.DataBlockProducer;

/// Moves a channel into slots: the kernel writes each read straight into the memory that consumers
/// map.
final class Publication {
    private static final Duration SLICE = Duration.ofMillis(100);
    private static final int SLICES_UNTIL_SAID = 50;
    private static final double SECOND = 1e9;

    private final ReadableByteChannel in;
    private final DataBlockProducer producer;
    private final Stop stop;
    private final Terminal terminal;
    private final int slotBytes;
    private boolean gatedSaid;
    private long begin;
    private volatile long slots; // read by the thread that shows progress
    private volatile long bytes;

    Publication(ReadableByteChannel in, DataBlockProducer producer, Stop stop, Terminal terminal) {
        this.in = in;
        this.producer = producer;
        this.stop = stop;
        this.terminal = terminal;
        this.slotBytes = Math.toIntExact(producer.slotBytes());
        this.begin = System.nanoTime();
    }

    /// Until the input ends or a stop is asked for. With a `pace`, each filled slot waits for its
    /// turn to be committed: so the end of the input shows at once.
    void run(Pace pace) throws IOException {
        begin = System.nanoTime();
        while (claim()) {
            if (!write(pace)) return;
        }
    }

    /// False when a stop is asked for. While consumers gate, this waits: a live one is never
    /// robbed.
    private boolean claim() {
        for (int waited = 0; !stop.requested(); waited++) {
            if (producer.claim(SLICE) == Claim.CLAIMED) return true;
            if (waited == SLICES_UNTIL_SAID && !gatedSaid) {
                gatedSaid = true;
                terminal.say("a lossless consumer has held the producer up for 5 s; datahub info " + producer.name()
                        + " shows which");
            }
        }
        return false;
    }

    /// Writes the claimed slot; false when nothing was left to read or a stop was asked for.
    private boolean write(Pace pace) throws IOException {
        boolean committed = false;
        try {
            int length = fill();
            if (length == 0 || pace != null && !pace.await(stop::requested)) return false;
            producer.commit(length);
            committed = true;
            slots++;
            bytes += length;
        } finally {
            if (!committed) producer.abort();
        }
        return true;
    }

    /// Fills the claimed slot, however short the reads; how many bytes there were.
    private int fill() throws IOException {
        ByteBuffer payload =
                producer.segment().asSlice(producer.offset(), slotBytes).asByteBuffer();
        while (payload.hasRemaining() && in.read(payload) >= 0) {}
        return payload.position();
    }

    long slots() {
        return slots;
    }

    /// For a line that is written over; any thread.
    String progress() {
        double seconds = (System.nanoTime() - begin) / SECOND;
        return producer.name() + ": " + slots + " slots, " + Figures.bytes(bytes) + ", "
                + Figures.bytes(bytes / Math.max(seconds, 1e-3)) + "/s";
    }

    /// What was published.
    String summary() {
        double seconds = Math.max((System.nanoTime() - begin) / SECOND, 1e-9);
        return "published " + producer.name() + ": slots=" + slots + ", bytes=" + bytes + ", seconds="
                + Figures.number(seconds, 3) + ", slots/s=" + Figures.number(slots / seconds, 1) + ", "
                + Figures.bytes(bytes / seconds) + "/s";
    }
}
