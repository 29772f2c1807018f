package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
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
import org.datahub.api.StartFrom;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Kernel;

/// A consumer's handle: layer 1 on a [SlotReader], and layer 2 on that.
final class ConsumerHandle extends Handle implements DataBlockConsumer {
    private static final long SLEEP = 100_000_000;
    private static final Duration LONG = Duration.ofDays(1);

    private final Kernel kernel;
    private final Rows rows;
    private final int row;
    private final SlotReader reader;
    private final Verification verification;
    private final Arena copies = Arena.ofShared();
    private final Pause pause;
    private final Ringer ringer;
    private final BadSlot badSlot;
    private final boolean enforced;
    private boolean held;
    private View view; // of the held slot, if it was shown in one
    private boolean bad;
    private int missing; // algorithm id of a slot that waits for its provider, or 0
    private long gapFrom;
    private long gapTo;
    private GapReason gapReason = GapReason.OVERRUN;
    private long received;
    private long gaps;

    /// Takes a row of the block and joins.
    ConsumerHandle(Hub hub, Block block, Beats beats, Providers providers, ConsumerSpec spec) {
        super(hub, block, beats, "consumer", block.kernel.doorbell(block.state, StateLayout.BELL));
        this.kernel = block.kernel;
        this.rows = new Rows(block);
        this.badSlot = spec.badSlot();
        this.enforced = block.geometry.integrityMode() == IntegrityMode.ENFORCED;
        this.verification = new Verification(block, providers, spec.accept());
        this.ringer = new Ringer(
                kernel, block.control, ControlLayout.BELL, block.control, ControlLayout.PRODUCER_ASLEEP);
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
        this.reader = block.geometry.state() ? joinState(spec) : joinStream(spec);
        ringer.ring();
        begin();
    }

    private SlotReader joinState(ConsumerSpec spec) {
        rows.activate(row, spec.delivery(), 0);
        return new StateReader(block, copies, row, spec.delivery() == Delivery.PINNED);
    }

    private SlotReader joinStream(ConsumerSpec spec) {
        long newest = StreamWriter.newest(block.data, block.geometry);
        long start = spec.from() == StartFrom.LATEST ? newest : StreamReader.oldest(newest, block.geometry);
        long epoch = rows.activate(row, spec.delivery(), start);
        return new StreamReader(block, copies, ringer, row, spec.delivery() == Delivery.LOSSLESS, epoch, start);
    }

    @Override
    void writeBeat(long nanos) {
        long at = ControlLayout.row(row);
        Words.opaque(block.control, at + RowLayout.BEAT_NS, nanos);
        Words.opaque(block.control, at + RowLayout.RECEIVED, received);
        Words.opaque(block.control, at + RowLayout.MISSED, missed());
    }

    @Override
    void leave() {
        endView();
        if (held) reader.putBack();
        held = false;
        rows.clean(row);
        ringer.ring();
        copies.close();
    }

    @Override
    public String name() {
        return block.name;
    }

    @Override
    public long slotBytes() {
        return block.geometry.slotBytes();
    }

    @Override
    public Next next(Duration timeout) {
        if (held && !release()) return Next.GAP;
        occupancy.enter();
        try {
            Next next = advance(timeout);
            held = next == Next.SLOT;
            return next;
        } catch (InternalError e) {
            throw poisoned(e);
        } finally {
            if (!held) occupancy.exit();
        }
    }

    private Next advance(Duration timeout) {
        Next first = look();
        if (first != null) return first;
        long deadline = deadline(kernel.nanos(), timeout);
        pause.begin();
        while (true) {
            if (occupancy.stopped()) throw occupancy.reason();
            if (Words.acquire(block.state, StateLayout.REMOVED) != 0) throw block.gone();
            boolean ringer = Words.acquire(block.state, StateLayout.BARRIERS) != 0;
            if (timeout.isZero() || !pause.step(deadline, ringer)) break;
            Next next = look();
            if (next != null) return next;
        }
        if (missing != 0) throw Providers.missing(Providers.nameOf(missing), block.name);
        return Next.TIMEOUT;
    }

    /// One look; null where there is nothing to tell yet.
    private Next look() {
        missing = 0;
        return switch (reader.look()) {
            case NOTHING -> reader.ended() ? Next.END : null;
            case GAP -> gap(reader.gapFrom(), reader.gapTo(), GapReason.OVERRUN);
            case SLOT -> admit();
        };
    }

    private Next gap(long from, long to, GapReason reason) {
        gapFrom = from;
        gapTo = to;
        gapReason = reason;
        gaps += to - from;
        return Next.GAP;
    }

    /// Verifies before use. A slot that is no longer intact is lost, whatever its tag says.
    private Next admit() {
        bad = false;
        Verification.Verdict verdict = verdict();
        if (verdict == Verification.Verdict.GOOD) return Next.SLOT;
        long n = reader.number();
        if (!reader.intact()) {
            reader.release();
            return gap(n, n + 1, GapReason.OVERRUN);
        }
        if (verdict == Verification.Verdict.MISSING) {
            missing = SlotHeader.integrity(SlotHeader.description(reader.segment(), reader.header()));
            reader.putBack();
            return null;
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

    private Verification.Verdict verdict() {
        if (enforced) return verification.verify(reader.segment(), reader.header(), reader.number());
        long length = SlotHeader.length(SlotHeader.description(reader.segment(), reader.header()));
        return length > slotBytes() ? Verification.Verdict.CORRUPT : Verification.Verdict.GOOD;
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
    public long offset() {
        requireHeld();
        return reader.header() + SlotHeader.BYTES;
    }

    @Override
    public long length() {
        requireHeld();
        long length = SlotHeader.length(SlotHeader.description(reader.segment(), reader.header()));
        return Math.min(length, slotBytes());
    }

    @Override
    public long timestamp() {
        requireHeld();
        return SlotHeader.timestamp(reader.segment(), reader.header());
    }

    @Override
    public long user() {
        requireHeld();
        return SlotHeader.user(reader.segment(), reader.header());
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
        try {
            verdict = verification.verify(reader.segment(), reader.header(), reader.number());
        } catch (InternalError e) {
            throw lost(e);
        }
        return switch (verdict) {
            case GOOD -> true;
            case CORRUPT, REFUSED -> false;
            case MISSING -> throw Providers.missing(
                    Providers.nameOf(SlotHeader.integrity(
                            SlotHeader.description(reader.segment(), reader.header()))),
                    block.name);
        };
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
        try {
            proven = reader.release();
        } catch (InternalError e) {
            throw lost(e);
        }
        if (proven) received++;
        else gap(reader.gapFrom(), reader.gapTo(), GapReason.OVERRUN);
        held = false;
        occupancy.exit();
        return proven;
    }

    /// The held slot is gone with the memory it was in: nothing of it is touched again.
    private DataHubException lost(InternalError fault) {
        DataHubException reason = poisoned(fault);
        if (!held) return reason;
        endView();
        gap(reader.number(), reader.number() + 1, GapReason.OVERRUN);
        held = false;
        occupancy.exit();
        return reason;
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
            if (Thread.currentThread() != thread) throw new WrongThreadException("a payload is its reader's alone: slot=" + number);
            if (payload == null) {
                scope = Arena.ofConfined();
                payload = kernel.view(reader.segment(), offset(), ConsumerHandle.this.length(), scope).asReadOnly();
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
