package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Timestamps;
import org.datahub.api.WriteBatch;
import org.datahub.api.WriteTransaction;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.ProducerCounters;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.Kernel;

/// A producer's handle: layer 1 on a [SlotWriter], and layer 2 on that.
///
/// It takes a block over as a stand-in: it can do all that is asked for, and when it goes the stream
/// is as ended, or not, as before. From [#produce] on it is the block's producer.
final class Producer extends Handle implements DataBlockProducer, RequestDesk.Duties {
    private static final long GATE_SLEEP = 20_000_000;
    private static final int LOOKS_A_RECLAIM = 64;
    private static final int DRAINED_QUARTERS = 3;
    private static final long MOST_DRAIN_NANOS = 1_000_000;
    private static final long STILL_NANOS = 200_000; // a reader that takes longer for a slot gains nothing

    private final Kernel kernel;
    private final MemorySegment state;
    private final Rows rows;
    final SlotWriter writer;
    private final Sealing sealing;
    private final Pause pause;
    private final Ringer ringer;
    private final RequestDesk desk;
    final Handover handover;
    private final boolean enforced;
    private final boolean seals; // every slot, by an algorithm
    private final Timestamps timestamps;
    private final boolean timed;
    private final Duration writeTimeout;
    private final Tally tally = new Tally(ProducerCounters.LAYOUT);
    private final long[] lengths;
    private final long[] users;
    private long slotBytes; // of the generation that is written
    private boolean inMemory; // it, and not on a disk
    private boolean described; // a length or a user word of the batch
    private int claimed;
    // Counted for each record: plain fields, which the beat takes over.
    private long slots;
    private long payloadBytes;
    private String endReason;
    private final Introduction predecessor;
    private volatile boolean produces; // it is no stand-in
    private Loan open; // what hands out views of the claimed cells

    /// Takes over a block whose byte 0 the caller holds and has checked, as a stand-in.
    Producer(
            Hub hub,
            Block block,
            Beats beats,
            Providers providers,
            IntegritySource integrity,
            BlockSpec spec,
            String label) {
        super(hub, block, beats, "producer", block.kernel.doorbell(block.control, ControlLayout.BELL));
        this.kernel = block.kernel;
        this.state = block.state;
        this.rows = new Rows(block);
        this.ringer = new Ringer(kernel, block.state, StateLayout.BELL, block.control, ControlLayout.CONSUMERS_ASLEEP);
        this.pause = new Pause(
                kernel,
                spec.waiting(),
                block.control,
                ControlLayout.BELL,
                block.control,
                ControlLayout.PRODUCER_ASLEEP,
                GATE_SLEEP);
        this.sealing = new Sealing(block, integrity, this::next, spec.keyLimits());
        this.enforced = block.geometry.integrityMode() == IntegrityMode.ENFORCED;
        this.seals = enforced && sealing.seals();
        this.timestamps = block.geometry.timestamps();
        this.timed = timestamps != Timestamps.NONE;
        this.writeTimeout = spec.writeTimeout();
        this.lengths = new long[(int) block.geometry.batch()];
        this.users = new long[(int) block.geometry.batch()];
        fitSlots();
        this.predecessor = Introduction.load(state);
        Words.release(state, StateLayout.INCARNATION, incarnation() + 1);
        Introduction.of(kernel, label, beats.interval().toNanos()).store(state);
        this.writer = block.geometry.state() ? new StateWriter(block, ringer) : streamWriter(spec);
        this.handover = new Handover(block, providers, rows, writer, ringer, this::fitSlots);
        this.desk = new RequestDesk(block, occupancy, this);
        occupancy.errand(this::serve);
        begin();
    }

    private long incarnation() {
        return Words.acquire(state, StateLayout.INCARNATION);
    }

    /// From now on it is the block's producer, and behaves as `spec` says: who has seen the stream end
    /// waits for slots again.
    Producer produce(BlockSpec spec) {
        if (!block.geometry.state()) {
            Words.release(state, StateLayout.STALL_NS, spec.stall().toNanos());
            Words.plainInt(state, StateLayout.STALL_POLICY, spec.stallPolicy().ordinal());
        }
        Words.release(state, StateLayout.END, 0);
        produces = true;
        return this;
    }

    /// Slots are those of the block's generation from now on.
    private void fitSlots() {
        slotBytes = block.geometry.slotBytes();
        inMemory = block.generation.inMemory();
        forgetDescriptions();
    }

    private SlotWriter streamWriter(BlockSpec spec) {
        Stall stall = new Stall(block, rows, spec.stall().toNanos(), spec.stallPolicy());
        return new StreamWriter(block, rows, ringer, stall, spec.requireConsumer(), tally);
    }

    @Override
    public boolean seals(IntegrityProvider integrity) {
        return sealing.uses(integrity) && occupancy.busyElsewhere();
    }

    @Override
    public boolean verifies() {
        return false;
    }

    @Override
    public BooleanSupplier backlog(IntegrityProvider integrity) {
        return () -> true;
    }

    @Override
    void writeBeat(long nanos) {
        if (produces) storeCounters();
        Introduction.tellTime(state, nanos, Introduction.utcOffset(nanos));
    }

    private void storeCounters() {
        tally.set(ProducerCounters.RINGS, ringer.rings());
        tally.set(ProducerCounters.KEY_EPOCHS, sealing.begun());
        tally.set(ProducerCounters.SLOTS, slots);
        tally.set(ProducerCounters.PAYLOAD_BYTES, payloadBytes);
        tally.store(state, StateLayout.COUNTERS);
    }

    @Override
    public boolean runsErrands() {
        return true;
    }

    @Override
    public void errand() {
        if (whileOpen(this::look, false)) wake();
    }

    private boolean look() {
        handover.unmap();
        return desk.look();
    }

    private void serve() {
        try {
            desk.serve();
        } catch (InternalError e) {
            poisoned(e); // whoever comes in is told
        }
    }

    @Override
    public boolean due() {
        return handover.due();
    }

    @Override
    public void act() {
        handover.act();
    }

    @Override
    public RequestDesk.Reply carryOut(Request request) {
        if (request.kind() == ControlLayout.EVICT) return evict(request.values()[0], request.values()[1]);
        if (request.kind() == ControlLayout.HANDOVER)
            return handover.begin(Handover.Wanted.of(request.values(), block.generation));
        if (request.kind() == ControlLayout.CANCEL) return handover.cancel(request.values()[0]);
        if (request.kind() == ControlLayout.ROTATE) return rotate();
        return new RequestDesk.Reply(Answer.UNKNOWN, 0);
    }

    private RequestDesk.Reply rotate() {
        // A stand-in goes on from the key that the producer had, and from no other.
        if (!produces && !sealing.hasPresentKey()) return new RequestDesk.Reply(Answer.NO_KEY, 0);
        try {
            return new RequestDesk.Reply(Answer.DONE, sealing.rotate());
        } catch (IllegalStateException e) {
            return new RequestDesk.Reply(Answer.NO_KEYS, 0);
        } catch (DataHubException e) {
            return switch (e.code()) {
                case ROTATION_REFUSED -> new RequestDesk.Reply(Answer.NO_EPOCH, sealing.beginsAt());
                case KEY_MISSING -> new RequestDesk.Reply(Answer.NO_KEY, 0);
                default -> new RequestDesk.Reply(Answer.NO_PROVIDER, 0);
            };
        }
    }

    private RequestDesk.Reply evict(long row, long join) {
        boolean known = row >= 0 && row < rows.count();
        boolean done = known && writer.evict((int) row, join);
        return new RequestDesk.Reply(done ? Answer.DONE : Answer.NO_CONSUMER, 0);
    }

    @Override
    void leave() {
        if (open != null) open.revoke();
        claimed = 0;
        writer.publish();
        handover.close(occupancy.failed());
        writeBeat(kernel.nanos());
        // Who lost the block has not ended the stream; consumers find out for themselves.
        if (!occupancy.failed()) {
            if (produces) end();
            else standBack();
        }
        ringer.ring();
    }

    /// Who looks finds the last producer again, or none.
    private void standBack() {
        predecessor.store(state);
        if (predecessor.pid() == 0) Words.release(state, StateLayout.INCARNATION, 0);
    }

    private void end() {
        EndReason.store(state, reason());
        Words.release(state, StateLayout.END, writer.next() + 1);
    }

    private synchronized String reason() {
        return endReason == null ? EndReason.CLOSED : endReason;
    }

    @Override
    public void close(String reason) {
        Objects.requireNonNull(reason, "reason");
        synchronized (this) {
            if (endReason == null) endReason = reason;
        }
        close();
    }

    @Override
    int row() {
        return block.geometry.rows();
    }

    @Override
    public Duration writeTimeout() {
        return writeTimeout;
    }

    @Override
    public long slots() {
        return block.geometry.slots();
    }

    @Override
    public Claim claim(Duration timeout) {
        requireIdle();
        occupancy.enter();
        try {
            claimed = ready() && writer.claim() ? 1 : awaitCells(1, timeout);
            return claimed > 0 ? Claim.CLAIMED : Claim.FULL;
        } catch (InternalError e) {
            throw poisoned(e);
        } finally {
            if (claimed == 0) occupancy.exit();
        }
    }

    private void requireIdle() {
        if (claimed == 0) return;
        // A fault in mapped memory can come so late that the claim was never taken back.
        if (occupancy.stopped()) throw occupancy.reason();
        throw new IllegalStateException("a slot is claimed already: slot=" + writer.next());
    }

    private boolean ready() {
        return !seals || sealing.ready();
    }

    /// Waits until no live lossless consumer gates the next slot and there is a provider to seal
    /// it; then claims up to
    /// `count`. 0 at the timeout.
    private int awaitCells(int count, Duration timeout) {
        tally.beginWait(ProducerCounters.WAITS, ProducerCounters.WAIT_BUCKETS);
        boolean drains = !timeout.isZero() && writer.room() <= 0; // else there is only no provider
        if (!timeout.isZero() && opensSoon() && ready()) {
            int soon = writer.claim(count);
            if (soon > 0) return soon;
        }
        long begin = kernel.nanos();
        int got = awaitCells(count, timeout, deadline(begin, timeout), drains);
        tally.endWait(ProducerCounters.WAIT_NS, ProducerCounters.WAIT_BUCKETS, kernel.nanos() - begin);
        if (got == 0) tally.add(ProducerCounters.WRITE_TIMEOUTS, 1);
        if (got > 0) return got;
        if (ready()) return 0;
        tally.add(ProducerCounters.UNSEALED_WAITS, 1);
        throw sealing.missing();
    }

    /// Most waits are over before a clock could be read twice.
    private boolean opensSoon() {
        if (Thread.currentThread().isVirtual()) return false;
        for (int glance = 0; glance < Pause.GLANCES; glance++) {
            Thread.onSpinWait();
            if (writer.opens()) return true;
        }
        return false;
    }

    private int awaitCells(int count, Duration timeout, long deadline, boolean drains) {
        writer.beginWait();
        pause.begin();
        for (int look = 0; ; look++) {
            if (occupancy.asked()) desk.serve();
            boolean reclaim = timeout.isZero() || pause.slow() || look % LOOKS_A_RECLAIM == LOOKS_A_RECLAIM - 1;
            boolean open = writer.free(reclaim);
            if (open && drains) {
                letDrain(deadline);
                drains = false; // once a wait, also where no provider is there yet
            }
            boolean sealed = ready(); // looked at also while the gate is closed: a provider may be about to go
            int got = open && sealed ? writer.claim(count) : 0;
            if (got > 0) return got;
            if (occupancy.stopped()) throw occupancy.reason();
            String stalled = writer.stalled();
            if (stalled != null) throw stalled(stalled);
            if (timeout.isZero() || !pause.step(deadline, rows.ring())) return 0;
        }
    }

    /// Waits a little for more room than one slot in a ring that was full. A producer right behind its
    /// reader writes into lines that the reader's core still has, and the reader finds each slot where
    /// it lies since a whole ring, beyond the caches of both: that makes large payloads twice as slow.
    private void letDrain(long deadline) {
        if (Thread.currentThread().isVirtual()) return;
        long wanted = block.geometry.slots() * DRAINED_QUARTERS / 4;
        long begin = kernel.nanos();
        long most = Math.min(deadline - begin, MOST_DRAIN_NANOS);
        long room = writer.room();
        for (long waited = 0, moved = 0; room < wanted && waited < most && waited - moved < STILL_NANOS; ) {
            if (occupancy.stopped() || occupancy.asked()) return;
            pause.nap(waited, most - waited);
            waited = kernel.nanos() - begin;
            writer.opens();
            if (writer.room() != room) moved = waited;
            room = writer.room();
        }
    }

    private DataHubException stalled(String who) {
        return new DataHubException(
                ErrorCode.CONSUMER_STALLED,
                "a live consumer gates the producer for too long: block=" + block.name + ", slot=" + writer.next()
                        + ", " + who,
                "see why it does not read, end it, or choose stall policy EVICT");
    }

    @Override
    public long rotateKey() {
        requireIdle();
        return inside(sealing::rotate);
    }

    @Override
    public int batch() {
        return lengths.length;
    }

    @Override
    public int claimBatch(int count, Duration timeout) {
        requireIdle();
        if (count < 1 || count > lengths.length) {
            throw new IllegalArgumentException("batch out of range: count=" + count + ", most=" + lengths.length);
        }
        occupancy.enter();
        try {
            int got = ready() ? writer.claim(count) : 0;
            claimed = got > 0 ? got : awaitCells(count, timeout);
            return claimed;
        } catch (InternalError e) {
            throw poisoned(e);
        } finally {
            if (claimed == 0) occupancy.exit();
        }
    }

    @Override
    public long offset(int index) {
        requireClaimed(index);
        return writer.cell(index) + SlotHeader.BYTES;
    }

    @Override
    public void describe(int index, long length, long user) {
        requireClaimed(index);
        checkLength(length);
        lengths[index] = length;
        users[index] = user;
        described = true;
    }

    private void requireClaimed(int index) {
        if (index < 0 || index >= claimed) {
            throw new IllegalArgumentException("not claimed: index=" + index + ", claimed=" + claimed);
        }
    }

    @Override
    public void commitBatch(int count) {
        requireClaim();
        if (count < 1 || count > claimed) {
            throw new IllegalArgumentException("batch out of range: count=" + count + ", claimed=" + claimed);
        }
        try {
            MemorySegment data = writer.data();
            long now = now();
            long bytes = 0;
            for (int index = 0; index < count; index++) {
                long cell = writer.cell(index);
                SlotHeader.mark(data, cell, now, users[index]);
                if (seals) sealing.seal(data, cell, writer.next() + index, lengths[index]);
                else sealing.leaveOpen(data, cell, lengths[index]);
                bytes += lengths[index];
            }
            writer.commit(count);
            payloadBytes += bytes;
            slots += count;
            tally.add(ProducerCounters.BATCHES, 1);
            tally.most(ProducerCounters.LARGEST_BATCH, count);
            over();
        } catch (InternalError e) {
            throw lost(e);
        }
    }

    /// The claim is over: the handle is idle again.
    private void over() {
        if (described) forgetDescriptions();
        claimed = 0;
        occupancy.exit();
    }

    private void forgetDescriptions() {
        Arrays.fill(lengths, slotBytes);
        Arrays.fill(users, 0);
        described = false;
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
        if (claimed == 0) throw new IllegalStateException("no slot is claimed: block=" + block.name);
    }

    @Override
    public void put(MemorySegment source, long sourceOffset, long offset, long bytes) {
        requireClaim();
        put(source, sourceOffset, writer.cell(), offset, bytes);
    }

    @Override
    public void put(int index, MemorySegment source, long sourceOffset, long offset, long bytes) {
        requireClaimed(index);
        put(source, sourceOffset, writer.cell(index), offset, bytes);
    }

    private void put(MemorySegment source, long sourceOffset, long cell, long offset, long bytes) {
        Objects.checkFromIndexSize(offset, bytes, slotBytes);
        MemorySegment data = writer.data();
        long at = cell + SlotHeader.BYTES + offset;
        try {
            if (inMemory && !source.isMapped()) {
                Words.copy(kernel, source, sourceOffset, data, at, bytes);
            } else {
                Words.copy(source, sourceOffset, data, at, bytes);
            }
        } catch (InternalError e) {
            throw lost(e);
        }
    }

    @Override
    public void commit(long length, long user) {
        commit(length, user, seals);
    }

    private void commit(long length, long user, boolean seal) {
        checkLength(length);
        try {
            describe(length, user, seal);
            writer.commit();
            count(length);
            over();
        } catch (InternalError e) {
            throw lost(e);
        }
    }

    private void count(long length) {
        slots++;
        payloadBytes += length;
    }

    /// The claimed slot is gone with the memory it was in.
    private DataHubException lost(InternalError fault) {
        DataHubException reason = poisoned(fault);
        if (claimed > 0) abort();
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
        if (!timed) return 0;
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
        tally.add(ProducerCounters.ABORTS, 1);
        over();
    }

    @Override
    public void write(Consumer<WriteTransaction> body) {
        Transaction write = null;
        try {
            write = open(writeTimeout);
            body.accept(write);
            if (!write.over || write.revoked) write.commit();
        } catch (InternalError e) {
            throw lost(e);
        } finally {
            if (write != null) write.close();
        }
    }

    @Override
    public WriteTransaction begin(Duration timeout) {
        try {
            Transaction begun = open(timeout);
            writer.publish();
            return begun;
        } catch (InternalError e) {
            throw lost(e);
        }
    }

    @Override
    public int writeBatch(int count, Consumer<WriteBatch> body) {
        Batch batch = null;
        try {
            if (claimBatch(count, writeTimeout) == 0) throw gated(writeTimeout);
            batch = new Batch();
            body.accept(batch);
            if (!batch.over || batch.revoked) batch.commit(batch.size);
            return batch.committed;
        } catch (InternalError e) {
            throw lost(e);
        } finally {
            if (batch != null && !batch.over) batch.abort();
        }
    }

    private Transaction open(Duration timeout) {
        if (claim(timeout) == Claim.FULL) throw gated(timeout);
        return new Transaction();
    }

    private DataHubException gated(Duration timeout) {
        return new DataHubException(
                ErrorCode.WRITE_TIMEOUT,
                "lossless consumers gate the producer: block=" + block.name + ", slot=" + writer.next() + ", waited="
                        + timeout,
                "see datahub info " + block.name + " for who lags; a live consumer is never robbed");
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
                if (claimed == 0 && occupancy.asked()) desk.serve();
                if (timeout.isZero() || !pause.step(deadline, rows.ring())) return false;
            }
            return true;
        });
    }

    /// What hands out views of claimed cells. A new object each time, so that one kept too long
    /// can't touch a later slot; its
    /// views die with it.
    private abstract class Loan {
        final long number = writer.next();
        private final Thread thread = Thread.currentThread();
        private Arena scope;
        boolean over;
        boolean revoked; // by a close of the handle

        Loan() {
            open = this;
        }

        final MemorySegment view(long offset) {
            requireOpen();
            requireMine();
            if (scope == null) scope = Arena.ofConfined();
            return kernel.view(writer.data(), offset, slotBytes, scope);
        }

        final void requireMine() {
            if (Thread.currentThread() != thread) {
                throw new WrongThreadException("a payload is its writer's alone: slot=" + number);
            }
        }

        /// Without its thread, which is dead then, nobody can use the views any more.
        final void end() {
            over = true;
            open = null;
            if (scope != null && Thread.currentThread() == thread) scope.close();
        }

        final void revoke() {
            end();
            revoked = true;
        }

        final void requireOpen() {
            if (revoked) throw occupancy.reason();
            if (over) throw new IllegalStateException("the write is over: slot=" + number);
        }

        /// Ends it by `commit`; what that does not commit is given back.
        final void end(Runnable commit) {
            requireOpen();
            end();
            try {
                commit.run();
            } finally {
                if (claimed > 0) Producer.this.abort();
            }
        }
    }

    /// One write of layer 2.
    private final class Transaction extends Loan implements WriteTransaction {
        private long length = slotBytes;
        private long user;
        private boolean sealed;
        private MemorySegment payload;

        @Override
        public long number() {
            requireOpen();
            return number;
        }

        @Override
        public MemorySegment payload() {
            requireOpen();
            if (payload == null) payload = view(offset());
            return payload;
        }

        @Override
        public WriteTransaction put(MemorySegment source, long sourceOffset, long offset, long bytes) {
            requireUnsealed();
            requireMine();
            Producer.this.put(source, sourceOffset, offset, bytes);
            return this;
        }

        @Override
        public WriteTransaction length(long bytes) {
            requireUnsealed();
            checkLength(bytes);
            length = bytes;
            return this;
        }

        @Override
        public WriteTransaction user(long word) {
            requireUnsealed();
            user = word;
            return this;
        }

        private void requireUnsealed() {
            requireOpen();
            if (sealed) throw new IllegalStateException("the slot is sealed: slot=" + number);
        }

        @Override
        public WriteTransaction seal() {
            requireOpen();
            if (enforced) throw new IllegalStateException("the engine seals this block: integrity.mode=ENFORCED");
            if (!sealing.ready()) throw sealing.missing();
            describe(length, user, true);
            sealed = true;
            return this;
        }

        @Override
        public void commit() {
            end(sealed ? this::commitSealed : () -> Producer.this.commit(length, user));
        }

        private void commitSealed() {
            try {
                writer.commit();
                count(length);
                Producer.this.over();
            } catch (InternalError e) {
                throw lost(e);
            }
        }

        @Override
        public void abort() {
            end(() -> {});
        }

        @Override
        public void close() {
            if (!over) abort();
        }
    }

    /// One batch of layer 2.
    private final class Batch extends Loan implements WriteBatch {
        private final int size = claimed;
        private int committed;

        @Override
        public int size() {
            requireOpen();
            return size;
        }

        @Override
        public long number(int index) {
            requireOpen();
            requireClaimed(index);
            return number + index;
        }

        @Override
        public MemorySegment payload(int index) {
            requireOpen();
            return view(offset(index));
        }

        @Override
        public WriteBatch put(int index, MemorySegment source, long sourceOffset, long offset, long bytes) {
            requireOpen();
            requireMine();
            Producer.this.put(index, source, sourceOffset, offset, bytes);
            return this;
        }

        @Override
        public WriteBatch length(int index, long bytes) {
            requireOpen();
            requireClaimed(index);
            describe(index, bytes, users[index]);
            return this;
        }

        @Override
        public WriteBatch user(int index, long word) {
            requireOpen();
            requireClaimed(index);
            describe(index, lengths[index], word);
            return this;
        }

        @Override
        public void commit(int count) {
            requireOpen();
            if (count < 1 || count > size) {
                throw new IllegalArgumentException("batch out of range: count=" + count + ", claimed=" + size);
            }
            end(() -> commitBatch(count));
            committed = count;
        }

        @Override
        public void abort() {
            end(() -> {});
        }
    }
}
