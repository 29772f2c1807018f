package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.datahub.api.BadSlot;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHubException;
import org.datahub.api.Delivery;
import org.datahub.api.ErrorCode;
import org.datahub.api.GapReason;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Next;
import org.datahub.api.ProducerState;
import org.datahub.api.Slot;
import org.datahub.api.SlotCopy;
import org.datahub.api.StartFrom;
import org.datahub.api.Timestamps;
import org.datahub.api.layout.ConsumerCounters;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.Kernel;

/// A consumer's handle: layer 1 on a [SlotReader], and layer 2 on that.
final class ConsumerHandle extends Handle implements DataBlockConsumer {
    private static final long SLEEP = 100_000_000;
    private static final int TRIES = 16; // a look ends, however fast values are replaced whose keys are over
    private static final long SAMPLED = 63; // a clock read costs as much as a small read: one slot in 64 pays it
    private static final Duration LONG = Duration.ofDays(1);

    private final Kernel kernel;
    private final Rows rows;
    private final int row;
    final SlotReader reader;
    private final Succession succession;
    private final Verification verification;
    private final Pause pause;
    private final Ringer ringer;
    private final Tally tally = new Tally(ConsumerCounters.LAYOUT);
    private final Duration readTimeout;
    private final BadSlot badSlot;
    private final boolean enforced;
    private final boolean timed;
    private final long interval;
    private long due;
    private boolean held;
    private volatile SlotPublisher publisher; // if it was asked for
    private View view; // of the held slot, if it was shown in one
    private boolean bad;
    private boolean missing; // whether a slot waits for its provider or key
    private long gapFrom;
    private long gapTo;
    private GapReason gapReason = GapReason.OVERRUN;
    private long firstHeader; // of what is held
    private long[] lengths = new long[1]; // of each slot held, as it was verified
    private long heldBytes;
    private long payloadBytes;
    private long received;
    private long gaps;

    /// Takes a row of the block and joins.
    ConsumerHandle(Hub hub, Block block, Beats beats, Providers providers, ConsumerSpec spec, Duration readTimeout) {
        super(hub, block, beats, "consumer", block.kernel.doorbell(block.state, StateLayout.BELL));
        this.kernel = block.kernel;
        this.rows = new Rows(block);
        this.readTimeout = readTimeout;
        this.badSlot = spec.badSlot();
        this.timed = block.geometry.timestamps() != Timestamps.NONE;
        this.interval = spec.interval().toNanos();
        this.due = kernel.nanos();
        this.enforced = block.geometry.integrityMode() == IntegrityMode.ENFORCED;
        this.verification = new Verification(block, providers, spec.accept());
        this.ringer =
                new Ringer(kernel, block.control, ControlLayout.BELL, block.control, ControlLayout.PRODUCER_ASLEEP);
        this.pause = new Pause(
                kernel,
                spec.waiting(),
                block.state,
                StateLayout.BELL,
                block.control,
                ControlLayout.CONSUMERS_ASLEEP,
                SLEEP);
        this.row = rows.take(spec.delivery());
        rows.introduce(row, kernel.identity(), kernel.barriers(), spec.label());
        if (spec.from() == StartFrom.OLDEST) block.enterOldest();
        this.succession = new Succession(block, rows, row, ringer);
        this.reader = block.geometry.state() ? joinState(spec) : joinStream(spec);
        ringer.ring();
        begin();
    }

    private SlotReader joinState(ConsumerSpec spec) {
        rows.activate(row, spec.delivery(), 0);
        return new StateReader(
                block, scratch, succession, row, spec.delivery() == Delivery.PINNED && !spec.copyFirst());
    }

    private SlotReader joinStream(ConsumerSpec spec) {
        long newest = block.generation.newest();
        long start = spec.from() == StartFrom.LATEST ? newest : block.generation.oldest(newest);
        long epoch = rows.activate(row, spec.delivery(), start);
        return new StreamReader(
                block,
                scratch,
                succession,
                ringer,
                rows,
                row,
                spec.delivery() == Delivery.LOSSLESS,
                spec.copyFirst(),
                epoch,
                start);
    }

    @Override
    public boolean seals(IntegrityProvider integrity) {
        return false;
    }

    @Override
    public boolean verifies() {
        return verification.busy();
    }

    @Override
    public BooleanSupplier backlog(IntegrityProvider integrity) {
        if (!verification.uses(integrity)) return () -> true;
        long until = whileOpen(reader::newest, 0L);
        return () -> whileOpen(() -> reader.number() >= until, true);
    }

    @Override
    void writeBeat(long nanos) {
        succession.answer();
        long at = ControlLayout.row(row);
        tally.set(ConsumerCounters.RINGS, ringer.rings());
        tally.set(ConsumerCounters.PAYLOAD_BYTES, payloadBytes);
        tally.set(ConsumerCounters.JOINS, reader.joins());
        tally.set(ConsumerCounters.SUPERSEDED, reader.superseded());
        tally.store(block.control, at + RowLayout.COUNTERS);
        Words.opaque(block.control, at + RowLayout.BEAT_NS, nanos);
        Words.opaque(block.control, at + RowLayout.RECEIVED, received);
        Words.opaque(block.control, at + RowLayout.MISSED, missed());
    }

    @Override
    void leave() {
        SlotPublisher waiting = publisher;
        if (waiting != null) waiting.wake();
        endView();
        if (held) reader.putBack();
        held = false;
        succession.close();
        writeBeat(kernel.nanos());
        rows.clean(row);
        ringer.ring();
    }

    @Override
    int row() {
        return row;
    }

    @Override
    public Duration readTimeout() {
        return readTimeout;
    }

    @Override
    public Next next(Duration timeout) {
        return nextBatch(1, timeout);
    }

    @Override
    public Next nextBatch(int most, Duration timeout) {
        if (most < 1) throw new IllegalArgumentException("batch out of range: most=" + most + ", least=1");
        if (held && !release()) return Next.GAP;
        occupancy.enter();
        try {
            Next next = advance(most, timeout);
            held = next == Next.SLOT;
            return next;
        } catch (InternalError e) {
            throw poisoned(e);
        } finally {
            if (!held) occupancy.exit();
        }
    }

    private Next advance(int most, Duration timeout) {
        if (interval > 0) return advanceByInterval(most, timeout);
        Next first = look(most);
        if (first != null) return first;
        tally.beginWait(ConsumerCounters.WAITS, ConsumerCounters.WAIT_BUCKETS);
        if (!timeout.isZero() && !missing && !Thread.currentThread().isVirtual()) {
            // Most waits are over before a clock could be read twice.
            Next soon = found(reader.glance(most, Pause.GLANCES));
            if (soon != null) return soon;
        }
        long begin = kernel.nanos();
        return awaitCounted(most, timeout, begin, deadline(begin, timeout));
    }

    /// The wait until a slot is due and the one for the slot have one deadline.
    private Next advanceByInterval(int most, Duration timeout) {
        long deadline = deadline(kernel.nanos(), timeout);
        if (!awaitInterval(deadline)) return Next.TIMEOUT;
        Next next = look(most);
        if (next == null) {
            tally.beginWait(ConsumerCounters.WAITS, ConsumerCounters.WAIT_BUCKETS);
            next = awaitCounted(most, timeout, kernel.nanos(), deadline);
        }
        if (next == Next.SLOT) due = kernel.nanos() + interval;
        return next;
    }

    private Next awaitCounted(int most, Duration timeout, long begin, long deadline) {
        Next next = await(most, timeout, deadline);
        tally.endWait(ConsumerCounters.WAIT_NS, ConsumerCounters.WAIT_BUCKETS, kernel.nanos() - begin);
        if (next == Next.TIMEOUT) tally.add(ConsumerCounters.TIMEOUTS, 1);
        return next;
    }

    private Next await(int most, Duration timeout, long deadline) {
        pause.begin();
        while (true) {
            if (occupancy.stopped()) throw occupancy.reason();
            if (Words.acquire(block.state, StateLayout.REMOVED) != 0) throw block.gone();
            boolean ringer = Words.acquire(block.state, StateLayout.BARRIERS) != 0;
            if (timeout.isZero() || !pause.step(deadline, ringer)) break;
            Next next = look(most);
            if (next != null) return next;
        }
        if (missing) throw verification.missing();
        return Next.TIMEOUT;
    }

    /// Sleeps without a bell until the next slot may be delivered, then passes over all but the
    /// newest.
    private boolean awaitInterval(long deadline) {
        for (long now = kernel.nanos(); now < due; now = kernel.nanos()) {
            if (occupancy.stopped()) throw occupancy.reason();
            if (now >= deadline) return false;
            LockSupport.parkNanos(Math.min(SLEEP, Math.min(due, deadline) - now));
            Pause.requireUninterrupted();
        }
        reader.skipToNewest();
        return true;
    }

    /// One look; null where there is nothing to tell yet.
    private Next look(int most) {
        missing = false;
        return found(reader.look(most));
    }

    private Next found(SlotReader.Look look) {
        return found(look, TRIES);
    }

    private Next found(SlotReader.Look look, int tries) {
        return switch (look) {
            case NOTHING -> reader.ended() ? Next.END : null;
            case GAP -> gap(reader.gapFrom(), reader.gapTo(), lostBy());
            case SLOT -> tries > 0 ? admit(tries) : later();
        };
    }

    private Next later() {
        reader.putBack();
        return null;
    }

    private GapReason lostBy() {
        return reader.evicted() ? GapReason.EVICTED : GapReason.OVERRUN;
    }

    private Next gap(long from, long to, GapReason reason) {
        gapFrom = from;
        gapTo = to;
        gapReason = reason;
        tally.add(
                switch (reason) {
                    case OVERRUN -> ConsumerCounters.OVERRUN;
                    case EVICTED -> ConsumerCounters.EVICTED;
                    case BAD -> ConsumerCounters.BAD;
                },
                to - from);
        gaps += to - from;
        return Next.GAP;
    }

    /// Verifies before use.
    private Next admit(int tries) {
        bad = false;
        Verification.Verdict verdict = verdict(0);
        if (verdict != Verification.Verdict.GOOD) return turnDown(verdict, tries);
        int good = 1;
        long bytes = heldBytes;
        while (good < reader.count() && verdict(good) == Verification.Verdict.GOOD) {
            bytes = heldBytes;
            good++;
        }
        heldBytes = bytes;
        reader.shorten(good); // what comes behind is looked at in the next call
        return Next.SLOT;
    }

    /// Whether nobody can tell any more how the held slot was sealed: its epoch is over, and it is not
    /// one of the newest.
    private boolean keyIsGone(Verification.Verdict verdict) {
        return verdict == Verification.Verdict.OVER && !reader.stands();
    }

    /// A slot that is no longer intact is lost, whatever its tag says; so is one whose key is gone. Null
    /// where there is nothing to tell yet.
    private Next turnDown(Verification.Verdict verdict, int tries) {
        reader.shorten(1);
        long n = reader.number();
        if (!reader.intact()) {
            reader.release();
            return gap(n, n + 1, lostBy());
        }
        if (keyIsGone(verdict)) return found(reader.lose(), tries - 1);
        switch (verdict) {
            case CORRUPT, OVER -> tally.add(ConsumerCounters.CORRUPT, 1);
            case REFUSED -> tally.add(ConsumerCounters.REFUSED, 1);
            default -> {
                missing = true;
                return later();
            }
        }
        if (badSlot == BadSlot.DELIVER) {
            bad = true;
            return Next.SLOT;
        }
        DataHubException failure = badSlot == BadSlot.FAIL ? failure(verdict, n) : null;
        reader.release();
        gap(n, n + 1, GapReason.BAD);
        if (failure != null) throw failure;
        return Next.GAP;
    }

    private Verification.Verdict verdict(int index) {
        MemorySegment segment = reader.segment();
        long header = reader.header(index);
        long description = SlotHeader.description(segment, header);
        long slotBytes = block.geometry.slotBytes();
        long length = Math.min(SlotHeader.length(description), slotBytes);
        if (index == 0) {
            firstHeader = header;
            heldBytes = 0;
        } else if (index == lengths.length) {
            lengths = Arrays.copyOf(lengths, 2 * index);
        }
        lengths[index] = length;
        heldBytes += length;
        if (SlotHeader.length(description) > slotBytes) return Verification.Verdict.CORRUPT;
        if (!enforced || verification.acceptsAsItStands(description)) return Verification.Verdict.GOOD;
        return verification.verify(segment, header, reader.number() + index, description);
    }

    private DataHubException failure(Verification.Verdict verdict, long n) {
        int id = SlotHeader.integrity(SlotHeader.description(reader.segment(), reader.header()));
        String where = "block=" + block.name + ", slot=" + n + ", integrity=" + Providers.nameOf(id);
        if (verdict == Verification.Verdict.REFUSED) {
            return new DataHubException(
                    ErrorCode.INTEGRITY_REFUSED,
                    "the slot's algorithm is not accepted here: " + where + ", accept=" + verification.accept(),
                    "accept it by configuration if you trust it; a slot never decides that");
        }
        return new DataHubException(
                ErrorCode.SLOT_CORRUPT,
                "the slot is not as it was sealed: " + where,
                "the next read goes on behind it; see who can write the block's files");
    }

    @Override
    public long number() {
        return reader.number();
    }

    @Override
    public MemorySegment segment() {
        requireHeld();
        return reader.segment();
    }

    @Override
    public int held() {
        return held ? reader.count() : 0;
    }

    @Override
    public long offset(int index) {
        return header(index) + SlotHeader.BYTES;
    }

    @Override
    public long length(int index) {
        requireHeld(index);
        return lengths[index];
    }

    @Override
    public long timestamp(int index) {
        return SlotHeader.timestamp(reader.segment(), header(index));
    }

    @Override
    public long user(int index) {
        return SlotHeader.user(reader.segment(), header(index));
    }

    @Override
    public long utcOffset() {
        return inside(() -> Words.opaque(block.state, StateLayout.UTC_OFFSET_NS));
    }

    @Override
    public String endReason() {
        return succession.left() ? succession.reason() : inside(() -> EndReason.load(block.state));
    }

    private long header(int index) {
        requireHeld(index);
        return index == 0 ? firstHeader : reader.header(index);
    }

    private void requireHeld(int index) {
        requireHeld();
        if (index == 0 || index > 0 && index < reader.count()) return;
        throw new IllegalArgumentException("not held: index=" + index + ", held=" + reader.count());
    }

    @Override
    public boolean bad() {
        requireHeld();
        return bad;
    }

    @Override
    public boolean verify() {
        requireHeld();
        Verification.Verdict verdict;
        boolean gone;
        try {
            long description = SlotHeader.description(reader.segment(), reader.header());
            verdict = verification.verify(reader.segment(), reader.header(), reader.number(), description);
            gone = keyIsGone(verdict);
        } catch (InternalError e) {
            throw lost(e);
        }
        if (gone) throw verifiedTooLate();
        return switch (verdict) {
            case GOOD -> true;
            case CORRUPT, OVER, REFUSED -> false;
            case MISSING -> throw verification.missing();
        };
    }

    private DataHubException verifiedTooLate() {
        return new DataHubException(
                ErrorCode.KEY_MISSING,
                "the slot is not one of the newest any more, and the key epoch that it was sealed in is over: block="
                        + block.name + ", slot=" + reader.number(),
                "verify it sooner, or rotate less often: the keys of the newest slots are known");
    }

    @Override
    public boolean intact() {
        requireHeld();
        return reader.intact();
    }

    private void requireHeld() {
        if (!held) throw new IllegalStateException("no slot is held: block=" + block.name);
    }

    @Override
    public boolean release() {
        requireHeld();
        endView();
        boolean proven;
        int count = reader.count();
        try {
            count(count);
            proven = reader.release();
        } catch (InternalError e) {
            throw lost(e);
        }
        received += count;
        if (!proven) {
            received -= reader.gapTo() - reader.gapFrom();
            gap(reader.gapFrom(), reader.gapTo(), lostBy());
        }
        held = false;
        occupancy.exit();
        return proven;
    }

    /// The held slot is gone with the memory it was in: nothing of it is touched again.
    private DataHubException lost(InternalError fault) {
        DataHubException reason = poisoned(fault);
        if (!held) return reason;
        endView();
        gap(reader.number(), reader.number() + reader.count(), GapReason.OVERRUN);
        held = false;
        occupancy.exit();
        return reason;
    }

    private void count(int count) {
        payloadBytes += heldBytes;
        if (count > 1) tally.add(ConsumerCounters.BATCHES, 1);
        if (!reader.inPlace()) tally.add(ConsumerCounters.COPIES, 1);
        if (timed && (reader.number() & SAMPLED) == 0 && BlockReport.sameClock(block)) {
            tally.time(ConsumerCounters.RESIDENCE_BUCKETS, kernel.nanos() - timestamp());
        }
    }

    @Override
    public long gapFrom() {
        return gapFrom;
    }

    @Override
    public long gapTo() {
        return gapTo;
    }

    @Override
    public GapReason gapReason() {
        return gapReason;
    }

    @Override
    public Next read(Duration timeout, Consumer<Slot> body) {
        Next next = next(timeout);
        if (next != Next.SLOT) return next;
        boolean proven = true;
        try {
            body.accept(show());
        } catch (InternalError e) {
            throw lost(e);
        } finally {
            if (held) proven = release();
        }
        return proven ? Next.SLOT : Next.GAP;
    }

    private View show() {
        view = new View();
        return view;
    }

    /// Whoever still has the view of the slot that was held can't look at another one through it.
    private void endView() {
        if (view == null) return;
        view.over();
        view = null;
    }

    @Override
    public Iterable<Slot> follow() {
        return Following::new;
    }

    @Override
    public void seek(long n) {
        move(() -> {
            long newest = reader.newest();
            if (n < 0 || n > newest) {
                throw new IllegalArgumentException("no such slot yet: slot=" + n + ", next=" + newest);
            }
            return n;
        });
    }

    @Override
    public void seek(StartFrom place) {
        move(() -> place == StartFrom.OLDEST ? reader.oldest() : reader.newest());
    }

    @Override
    public void seekTime(long nanos) {
        if (block.geometry.timestamps() == Timestamps.NONE) {
            throw new IllegalStateException("the block has no time stamps: block=" + block.name);
        }
        move(() -> firstAt(nanos));
    }

    private void move(java.util.function.LongSupplier to) {
        if (held) release();
        occupancy.enter();
        try {
            reader.seek(to.getAsLong());
        } catch (InternalError e) {
            throw poisoned(e);
        } finally {
            occupancy.exit();
        }
    }

    /// By halving: time stamps grow with slot numbers. A slot that is gone by now is older than any
    /// that is wanted.
    private long firstAt(long nanos) {
        long from = reader.oldest();
        long to = reader.newest();
        while (from < to) {
            long middle = from + (to - from) / 2;
            long time = reader.timestampOf(middle);
            if (time < nanos) from = middle + 1;
            else to = middle;
        }
        return from;
    }

    @Override
    public Flow.Publisher<SlotCopy> publisher() {
        if (publisher == null) publisher = new SlotPublisher(this);
        return publisher;
    }

    @Override
    public long received() {
        return received;
    }

    @Override
    public long missed() {
        return gaps + reader.superseded();
    }

    @Override
    public long lag() {
        requireUsable();
        return reader.lag();
    }

    @Override
    public ProducerState producer() {
        requireUsable();
        return BlockReport.producerState(block);
    }

    private void requireUsable() {
        if (occupancy.stopped()) throw occupancy.reason();
    }

    /// A slot for as long as it is held.
    private final class View implements Slot {
        private final long number = reader.number();
        private final Thread thread = Thread.currentThread();
        private Arena scope;
        private MemorySegment payload;
        private boolean over;

        @Override
        public long number() {
            return number;
        }

        @Override
        public long length() {
            requireOpen();
            return ConsumerHandle.this.length();
        }

        @Override
        public long timestamp() {
            requireOpen();
            return ConsumerHandle.this.timestamp();
        }

        @Override
        public long user() {
            requireOpen();
            return ConsumerHandle.this.user();
        }

        @Override
        public MemorySegment payload() {
            requireOpen();
            if (Thread.currentThread() != thread)
                throw new WrongThreadException("a payload is its reader's alone: slot=" + number);
            if (payload == null) {
                scope = Arena.ofConfined();
                payload = kernel.view(reader.segment(), offset(), ConsumerHandle.this.length(), scope)
                        .asReadOnly();
            }
            return payload;
        }

        @Override
        public boolean intact() {
            requireOpen();
            return ConsumerHandle.this.intact();
        }

        @Override
        public boolean bad() {
            requireOpen();
            return ConsumerHandle.this.bad();
        }

        @Override
        public boolean verify() {
            requireOpen();
            return ConsumerHandle.this.verify();
        }

        /// Without its thread, which is dead then, nobody can use the payload any more.
        void over() {
            over = true;
            if (scope != null && Thread.currentThread() == thread) scope.close();
        }

        private void requireOpen() {
            if (over) throw new IllegalStateException("the read is over: slot=" + number);
        }
    }

    /// The slots of a loop; each is released when the next is asked for.
    private final class Following implements Iterator<Slot> {
        private View ready;

        @Override
        public boolean hasNext() {
            if (ready != null) return true;
            Next next;
            do {
                next = ConsumerHandle.this.next(LONG);
            } while (next == Next.GAP || next == Next.TIMEOUT);
            if (next == Next.END) return false;
            ready = show();
            return true;
        }

        @Override
        public Slot next() {
            if (!hasNext()) throw new NoSuchElementException("the stream has ended: block=" + block.name);
            View shown = ready;
            ready = null;
            return shown;
        }
    }
}
