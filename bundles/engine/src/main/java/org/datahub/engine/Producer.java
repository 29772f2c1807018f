package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Consumer;
import org.datahub.api.Claim;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Timestamps;
import org.datahub.api.Waiting;
import org.datahub.api.WriteTransaction;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Kernel;

/// A producer's handle: layer 1 on a [SlotWriter], and layer 2 on that.
final class Producer extends Handle implements DataBlockProducer {
    private static final long GATE_SLEEP = 20_000_000;
    private static final int LOOKS_A_RECLAIM = 64;

    private final Kernel kernel;
    private final MemorySegment state;
    private final Rows rows;
    private final SlotWriter writer;
    private final Sealing sealing;
    private final Pause pause;
    private final Ringer ringer;
    private final boolean enforced;
    private final Timestamps timestamps;
    private final Duration writeTimeout;
    private final long slotBytes;
    private boolean claimed;
    private Transaction transaction; // the one that is open

    /// Takes over a block whose byte 0 the caller holds and has checked.
    Producer(
            Hub hub,
            Block block,
            Beats beats,
            IntegritySource integrity,
            Duration writeTimeout,
            Waiting waiting,
            String label) {
        super(hub, block, beats, "producer", block.kernel.doorbell(block.control, ControlLayout.BELL));
        this.kernel = block.kernel;
        this.state = block.state;
        this.rows = new Rows(block);
        this.ringer = new Ringer(
                kernel, block.state, StateLayout.BELL, block.control, ControlLayout.CONSUMERS_ASLEEP);
        this.pause = new Pause(
                kernel,
                waiting,
                block.control,
                ControlLayout.BELL,
                block.control,
                ControlLayout.PRODUCER_ASLEEP,
                GATE_SLEEP);
        this.sealing = new Sealing(block, integrity);
        this.enforced = block.geometry.integrityMode() == IntegrityMode.ENFORCED;
        this.timestamps = block.geometry.timestamps();
        this.writeTimeout = writeTimeout;
        this.slotBytes = block.geometry.slotBytes();
        introduce(beats.interval(), label);
        this.writer = block.geometry.state() ? new StateWriter(block, ringer) : new StreamWriter(block, rows, ringer);
        Words.release(state, StateLayout.END, 0);
        begin();
    }

    private void introduce(Duration interval, String label) {
        Words.release(state, StateLayout.INCARNATION, Words.acquire(state, StateLayout.INCARNATION) + 1);
        Kernel.Identity who = kernel.identity();
        Words.opaque(state, StateLayout.PID, who.pid());
        Words.opaque(state, StateLayout.START_TICKS, who.startTicks());
        Words.opaque(state, StateLayout.PID_NAMESPACE, who.pidNamespace());
        Words.opaque(state, StateLayout.TIME_NAMESPACE, who.timeNamespace());
        Words.plainInt(state, StateLayout.UID, who.uid());
        Words.plainInt(
                state,
                StateLayout.LABEL_BYTES,
                Words.text(state, StateLayout.LABEL, StateLayout.MOST_LABEL_BYTES, label));
        Words.release(state, StateLayout.BARRIERS, kernel.barriers() ? 1 : 0);
        Words.opaque(state, StateLayout.BEAT_INTERVAL_NS, interval.toNanos());
    }

    @Override
    void writeBeat(long nanos) {
        Words.opaque(state, StateLayout.BEAT_NS, nanos);
        Words.opaque(state, StateLayout.UTC_OFFSET_NS, System.currentTimeMillis() * 1_000_000L - nanos);
    }

    @Override
    void leave() {
        if (transaction != null) transaction.revoke();
        claimed = false;
        writer.publish();
        // Who lost the block has not ended the stream; consumers find out for themselves.
        if (!occupancy.failed()) Words.release(state, StateLayout.END, writer.next() + 1);
        ringer.ring();
    }

    @Override
    public String name() {
        return block.name;
    }

    @Override
    public long slotBytes() {
        return slotBytes;
    }

    @Override
    public long slots() {
        return block.geometry.slots();
    }

    @Override
    public Claim claim(Duration timeout) {
        if (claimed) throw new IllegalStateException("a slot is claimed already: slot=" + writer.next());
        occupancy.enter();
        try {
            claimed = ready() && writer.claim() || awaitCell(timeout);
            return claimed ? Claim.CLAIMED : Claim.FULL;
        } catch (InternalError e) {
            throw poisoned(e);
        } finally {
            if (!claimed) occupancy.exit();
        }
    }

    private boolean ready() {
        return !enforced || sealing.ready();
    }

    /// Waits until no live lossless consumer gates the next slot and there is a provider to seal it.
    private boolean awaitCell(Duration timeout) {
        long deadline = deadline(kernel.nanos(), timeout);
        writer.publish();
        pause.begin();
        for (int look = 0; ; look++) {
            boolean reclaim = pause.slow() || look % LOOKS_A_RECLAIM == 0;
            if (writer.free(reclaim) && ready() && writer.claim()) return true;
            if (occupancy.stopped()) throw occupancy.reason();
            if (timeout.isZero() || !pause.step(deadline, rows.ring())) break;
        }
        if (!ready()) throw Providers.missing(sealing.wanted(), block.name);
        return false;
    }

    @Override
    public long next() {
        return writer.next();
    }

    @Override
    public MemorySegment segment() {
        return writer.data();
    }

    @Override
    public long offset() {
        requireClaim();
        return writer.cell() + SlotHeader.BYTES;
    }

    private void requireClaim() {
        if (!claimed) throw new IllegalStateException("no slot is claimed: block=" + block.name);
    }

    @Override
    public void commit(long length, long user) {
        commit(length, user, enforced);
    }

    private void commit(long length, long user, boolean seal) {
        checkLength(length);
        try {
            describe(length, user, seal);
            writer.commit();
        } catch (InternalError e) {
            throw lost(e);
        }
        claimed = false;
        occupancy.exit();
    }

    /// The claimed slot is gone with the memory it was in.
    private DataHubException lost(InternalError fault) {
        DataHubException reason = poisoned(fault);
        if (claimed) abort();
        return reason;
    }

    private void checkLength(long length) {
        requireClaim();
        if (length < 0 || length > slotBytes) {
            throw new IllegalArgumentException("length out of range: length=" + length + ", most=" + slotBytes);
        }
    }

    private void describe(long length, long user, boolean seal) {
        MemorySegment data = writer.data();
        long cell = writer.cell();
        SlotHeader.mark(data, cell, now(), user);
        if (seal) sealing.seal(data, cell, writer.next(), length);
        else sealing.leaveOpen(data, cell, length);
    }

    private long now() {
        return switch (timestamps) {
            case NONE -> 0;
            case COARSE -> kernel.coarseNanos();
            case EXACT -> kernel.nanos();
        };
    }

    @Override
    public void abort() {
        requireClaim();
        writer.abort();
        claimed = false;
        occupancy.exit();
    }

    @Override
    public void write(Consumer<WriteTransaction> body) {
        Transaction write = open(writeTimeout);
        try {
            body.accept(write);
            if (!write.over || write.revoked) write.commit();
        } catch (InternalError e) {
            throw poisoned(e);
        } finally {
            write.close();
        }
    }

    @Override
    public WriteTransaction begin(Duration timeout) {
        Transaction begun = open(timeout);
        try {
            writer.publish();
        } catch (InternalError e) {
            throw lost(e);
        }
        return begun;
    }

    private Transaction open(Duration timeout) {
        if (claim(timeout) == Claim.FULL) {
            throw new DataHubException(
                    ErrorCode.WRITE_TIMEOUT,
                    "lossless consumers gate the producer: block=" + block.name + ", slot=" + writer.next()
                            + ", waited=" + timeout,
                    "see datahub info " + block.name + " for who lags; a live consumer is never robbed");
        }
        transaction = new Transaction();
        return transaction;
    }

    @Override
    public int losslessConsumers() {
        return inside(() -> {
            int found = 0;
            for (int row = 0; row < rows.count(); row++) {
                if (rows.lossless(row) && rows.alive(row)) found++;
            }
            return found;
        });
    }

    @Override
    public long unseen() {
        return inside(writer::unseen);
    }

    @Override
    public boolean drain(Duration timeout) {
        return inside(() -> {
            long deadline = deadline(kernel.nanos(), timeout);
            writer.publish();
            pause.begin();
            while (!writer.drained()) {
                if (occupancy.stopped()) throw occupancy.reason();
                if (timeout.isZero() || !pause.step(deadline, rows.ring())) return false;
            }
            return true;
        });
    }

    private <T> T inside(java.util.function.Supplier<T> work) {
        if (claimed) return work.get();
        occupancy.enter();
        try {
            return work.get();
        } catch (InternalError e) {
            throw poisoned(e);
        } finally {
            occupancy.exit();
        }
    }

    /// One write of layer 2. A new object each, so that one kept too long can't touch a later slot.
    private final class Transaction implements WriteTransaction {
        private final long number = writer.next();
        private long length = slotBytes;
        private long user;
        private boolean sealed;
        private boolean over;
        private boolean revoked; // by a close of the handle
        private final Thread thread = Thread.currentThread();
        private Arena scope;
        private MemorySegment payload;

        @Override
        public long number() {
            requireOpen();
            return number;
        }

        @Override
        public MemorySegment payload() {
            requireOpen();
            if (Thread.currentThread() != thread) throw new WrongThreadException("a payload is its writer's alone: slot=" + number);
            if (payload == null) {
                scope = Arena.ofConfined();
                payload = kernel.view(writer.data(), offset(), slotBytes, scope);
            }
            return payload;
        }

        @Override
        public WriteTransaction length(long bytes) {
            requireOpen();
            if (sealed) throw new IllegalStateException("the slot is sealed: slot=" + number);
            checkLength(bytes);
            length = bytes;
            return this;
        }

        @Override
        public WriteTransaction user(long word) {
            requireOpen();
            if (sealed) throw new IllegalStateException("the slot is sealed: slot=" + number);
            user = word;
            return this;
        }

        @Override
        public WriteTransaction seal() {
            requireOpen();
            if (enforced) throw new IllegalStateException("the engine seals this block: integrity.mode=ENFORCED");
            if (!sealing.ready()) throw Providers.missing(sealing.wanted(), block.name);
            describe(length, user, true);
            sealed = true;
            return this;
        }

        @Override
        public void commit() {
            requireOpen();
            over();
            try {
                if (sealed) commitSealed();
                else Producer.this.commit(length, user);
            } finally {
                if (claimed) Producer.this.abort();
            }
        }

        private void commitSealed() {
            try {
                writer.commit();
            } catch (InternalError e) {
                throw lost(e);
            }
            claimed = false;
            occupancy.exit();
        }

        @Override
        public void abort() {
            requireOpen();
            over();
            Producer.this.abort();
        }

        @Override
        public void close() {
            if (!over) abort();
        }

        /// Without its thread, which is dead then, nobody can use the payload any more.
        private void over() {
            over = true;
            transaction = null;
            if (scope != null && Thread.currentThread() == thread) scope.close();
        }

        void revoke() {
            over();
            revoked = true;
        }

        private void requireOpen() {
            if (revoked) throw occupancy.reason();
            if (over) throw new IllegalStateException("the transaction is over: slot=" + number);
        }
    }
}
