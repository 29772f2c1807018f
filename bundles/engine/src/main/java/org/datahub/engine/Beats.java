package org.datahub.engine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one housekeeping thread of a process: beats for its participants, and their look at
/// whether the block's name still names the block.
final class Beats implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Beats.class);

    /// Something that beats.
    interface Beating {
        /// One beat, now.
        void beat(long nanos);

        /// Whether it wants [#errand] besides.
        default boolean runsErrands() {
            return false;
        }

        /// A look at what others ask for, many times a second: it costs a few loads while there is
        /// nothing.
        default void errand() {}
    }

    private static final long ERRAND_NANOS = 10_000_000;

    /// Who beats, and whether its last call failed.
    private final Map<Beating, Boolean> beating = new ConcurrentHashMap<>();

    private final Duration interval;
    private ScheduledExecutorService thread;
    private boolean errands; // scheduled
    private boolean closed;

    Beats(Duration interval) {
        this.interval = interval;
    }

    Duration interval() {
        return interval;
    }

    /// Beats for `handle` from now on; not after [#close], when a late handle is closed at once.
    synchronized void add(Beating handle) {
        if (closed) return;
        beating.put(handle, false);
        if (thread == null) begin();
        if (!errands && handle.runsErrands()) {
            errands = true;
            thread.scheduleAtFixedRate(this::errands, 0, ERRAND_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    private void begin() {
        thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("datahub-beats").factory());
        thread.scheduleAtFixedRate(this::all, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// No beat for `handle` begins from now on. One that is under way may end later: a handle
    /// guards its own memory.
    void remove(Beating handle) {
        beating.remove(handle);
    }

    private void all() {
        each(handle -> handle.beat(System.nanoTime()));
    }

    private void errands() {
        each(Beating::errand);
    }

    /// One that fails is called again like the others: it may be a moment's lack of something. The log
    /// has it once, until a call succeeds.
    private void each(Consumer<Beating> what) {
        beating.forEach((handle, failed) -> {
            try {
                what.accept(handle);
                if (failed) beating.replace(handle, false);
            } catch (RuntimeException | InternalError e) {
                if (!failed) LOG.warn("a beat failed, and is tried again: {}: {}", handle, stack(e));
                beating.replace(handle, true); // not where it was removed meanwhile
            }
        });
    }

    /// As text: a log that keeps its last entries keeps what was thrown with them, and that the classes
    /// on its stack, when their bundle has long gone.
    private static String stack(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /// Whether there is a thread: from the first handle to [#close].
    synchronized boolean running() {
        return thread != null;
    }

    /// Ends the thread, after the beat that is under way.
    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) thread.close();
        thread = null;
    }
}
