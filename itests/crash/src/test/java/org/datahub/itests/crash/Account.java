package org.datahub.itests.crash;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Delivery;
import org.datahub.api.GapReason;
import org.datahub.api.Next;
import org.datahub.engine.Inside;

/// What one consumer got: it looks at every byte of every slot, at every number and at every gap,
/// and throws what is not as promised. For one thread.
final class Account {
    private static final LongAdder TOTAL = new LongAdder();

    /// Slots that were missed.
    record Gap(long from, long to, GapReason reason) {}

    /// A slot as it was seen before it was proven.
    private record Seen(long number, long user, long[] payload) {}

    private final DataBlockConsumer in;
    private final Delivery delivery;
    private final boolean state;
    private long begin;
    private final List<Gap> gaps = new ArrayList<>();
    private final List<Seen> seen = new ArrayList<>();
    private boolean evictable;
    private boolean wasProtected;
    private long incarnation;
    private long last = -1;
    private volatile long position;
    private volatile long verified;

    /// Begins where `in` stands; `state` says that it reads the newest slot of a state block.
    Account(DataBlockConsumer in, Delivery delivery, boolean state) {
        this.in = in;
        this.delivery = delivery;
        this.state = state;
        this.begin = in.number();
        this.position = begin;
    }

    /// Reads one slot in a view.
    Next read(Duration timeout) {
        Next next = in.read(timeout, slot -> see(slot.number(), slot.user(), slot.payload()));
        return judged(next);
    }

    /// Takes up to `most` slots by hand.
    Next take(int most, Duration timeout) {
        Next next = in.nextBatch(most, timeout);
        if (next == Next.SLOT) {
            Trap.at("held");
            for (int index = 0; index < in.held(); index++) {
                see(in.number() + index, in.user(index), in.segment().asSlice(in.offset(index), in.length(index)));
            }
            if (!in.release()) next = Next.GAP;
        }
        return judged(next);
    }

    /// What is held for long must be what it was.
    void requireHeldIntact() {
        MemorySegment payload = in.segment().asSlice(in.offset(), in.length());
        String fault = Pattern.fault(payload.toArray(ValueLayout.JAVA_LONG_UNALIGNED), in.number(), in.user());
        if (fault != null) throw new AssertionError("held: " + fault);
        if (!in.release()) throw new AssertionError("held and lost: slot=" + in.gapFrom());
    }

    private void see(long number, long user, MemorySegment payload) {
        wasProtected |= delivery == Delivery.LOSSLESS && Inside.inPlace(in);
        seen.add(new Seen(number, user, payload.toArray(ValueLayout.JAVA_LONG_UNALIGNED)));
    }

    /// A gap may cover the last of the slots that were seen: these are nothing.
    private Next judged(Next next) {
        for (Seen slot : seen) {
            if (next != Next.GAP || slot.number < in.gapFrom()) check(slot);
        }
        seen.clear();
        if (next == Next.GAP) gap();
        position = in.number();
        return next;
    }

    private void check(Seen slot) {
        if (state ? slot.number < position : slot.number != position) {
            throw new AssertionError("slot " + slot.number + " came where " + position + " was due");
        }
        if (slot.user < incarnation) {
            throw new AssertionError("incarnation " + slot.user + " came after " + incarnation);
        }
        String fault = Pattern.fault(slot.payload, slot.number, slot.user);
        if (fault != null) throw new AssertionError(fault);
        if (state && verified == 0) begin = slot.number; // nothing counts before the first value that was seen
        incarnation = slot.user;
        last = slot.number;
        position = slot.number + 1;
        verified++;
        TOTAL.increment();
    }

    private void gap() {
        Gap gap = new Gap(in.gapFrom(), in.gapTo(), in.gapReason());
        if (state ? gap.from < position : gap.from != position) {
            throw new AssertionError(gap + " begins where " + position + " was due");
        }
        if (wasProtected && !evictable && gap.reason == GapReason.OVERRUN)
            throw new AssertionError("a protected consumer lost " + gap);
        gaps.add(gap);
    }

    /// Forgets where it stands, after a seek: it may be overrun again until it is acknowledged
    /// anew.
    void moved() {
        wasProtected = false;
        position = in.number();
    }

    /// Its producer may let it go, and die before it says so.
    Account evictable() {
        evictable = true;
        return this;
    }

    /// The next slot it wants.
    long position() {
        return position;
    }

    /// Slots whose bytes were right, of all accounts of this process.
    static long total() {
        return TOTAL.sum();
    }

    /// Slots whose bytes were right.
    long verified() {
        return verified;
    }

    /// The last slot that was right.
    long last() {
        return last;
    }

    /// Who wrote it.
    long incarnation() {
        return incarnation;
    }

    List<Gap> gaps() {
        return gaps;
    }

    /// Whether every slot from the begin to `end` was received or reported.
    void requireComplete(long end) {
        if (position != end) throw new AssertionError("stands at " + position + ", the stream ends at " + end);
        if (in.received() + in.missed() != end - begin) {
            throw new AssertionError(
                    "received=" + in.received() + ", missed=" + in.missed() + ", published=" + (end - begin));
        }
    }
}
