package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.util.function.ToLongFunction;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.KernelException;

/// A consumer's way from its generation to the next ones.
///
/// The consumer's thread looks where its generation ends, and goes on behind that. Housekeeping maps
/// the next generation ahead and answers for it in the row: ready, or refused. Whoever uses what
/// [#follow] returned holds this object's lock until it has entered, or is done with it.
final class Succession {
    /// The present generation has no end yet.
    static final long NEVER = Long.MAX_VALUE;

    /// The present generation is gone: every slot that is not in its mapping is in a later one.
    static final long RETIRED = Long.MIN_VALUE;

    private final Block block;
    private final MemorySegment state;
    private final Rows rows;
    private final int row;
    private final Ringer ringer;
    private final GenerationTable table;
    private volatile Generation current;
    private Generation ahead; // mapped, not yet entered
    private long refused; // number of the generation that can't be mapped here
    private volatile DataHubException refusal;
    private volatile boolean left; // the stream went on in the one that was refused
    private long seen; // by the consumer's thread: table changes that ended nothing
    private long answered; // by housekeeping: table changes that were looked at
    private boolean closed;

    /// `row` is the caller's, `ringer` wakes the producer.
    Succession(Block block, Rows rows, int row, Ringer ringer) {
        this.block = block;
        this.state = block.state;
        this.rows = rows;
        this.row = row;
        this.ringer = ringer;
        this.table = new GenerationTable(state);
        this.current = block.generation;
        this.seen = -1;
        this.answered = -1;
        rows.enter(row, current.number());
    }

    /// The generation that slots are read from.
    Generation current() {
        return current;
    }

    /// Asks the present generation from any thread: the consumer's can leave it, and unmap it, meanwhile.
    long ask(ToLongFunction<Generation> question) {
        while (true) {
            Generation asked = current;
            try {
                return question.applyAsLong(asked);
            } catch (IllegalStateException e) {
                if (asked == current) throw e;
            }
        }
    }

    /// Whether the table has changed since the present generation was known to have no end: asked each
    /// time that there is nothing to read.
    boolean changed() {
        return Words.acquire(state, StateLayout.GENERATION_EPOCH) != seen;
    }

    /// The first slot behind the present generation; [#NEVER], or [#RETIRED].
    long boundary() {
        long epoch = Words.acquire(state, StateLayout.GENERATION_EPOCH);
        long cut = table.cut(current.entry());
        if (!table.bears(current.entry(), current.number())) return RETIRED;
        if (cut != 0) return cut - 1;
        seen = epoch;
        return NEVER;
    }

    /// The generation behind the present one, mapped; null where it is gone by now, so that the next
    /// look finds another, or can't be mapped, which is told to the producer. Any thread asks.
    Generation follow() {
        int entry = table.above(current.number());
        if (entry == GenerationTable.NONE) return null;
        return mapped(entry, table.number(entry));
    }

    /// The generation mapped ahead, if it is not refused; null where it is gone by now, or was refused.
    private Generation mapped(int entry, long number) {
        if (number != refused && !isAhead(number)) map(entry, number);
        return isAhead(number) ? ahead : null;
    }

    private boolean isAhead(long number) {
        return ahead != null && ahead.number() == number;
    }

    /// Whether the generation behind the present one is one that it refused.
    boolean refuses() {
        int entry = table.above(current.number());
        return entry != GenerationTable.NONE && table.number(entry) == refused;
    }

    /// The consumer has read all that it can: what is behind is in a generation that it refused, or was.
    /// False where it refused none.
    boolean leave() {
        if (refused != 0) left = true;
        return left;
    }

    /// Goes on in what [#follow] returned. Nothing of the former generation is touched any more. Where
    /// the producer may have passed over this row, since it refused a generation before, it looks at
    /// it anew; returns the epoch that its acknowledgement must reach then, otherwise 0.
    long enter() {
        Generation former = current;
        block.enter(ahead);
        current = ahead;
        ahead = null;
        rows.enter(row, current.number());
        former.close();
        long epoch = refused == 0 ? 0 : rows.accept(row);
        refused = 0;
        left = false;
        ringer.ring();
        return epoch;
    }

    /// Housekeeping looks whether a generation was prepared, and answers.
    synchronized void answer() {
        long epoch = Words.acquire(state, StateLayout.GENERATION_EPOCH);
        if (epoch == answered || closed) return;
        answered = epoch;
        if (ahead != null && !table.bears(ahead.entry(), ahead.number())) forget(); // it was cancelled
        int entry = table.above(current.number());
        if (entry == GenerationTable.NONE || table.phase(entry) == GenerationEntry.BUILDING) return;
        long number = table.number(entry);
        if (mapped(entry, number) == null) return;
        rows.ready(row, number);
        ringer.ring();
    }

    private void map(int entry, long number) {
        try {
            Generation mapped = block.open(entry, number);
            if (mapped == null) return;
            forget();
            ahead = mapped;
        } catch (DataHubException e) {
            refuse(number, e);
        } catch (KernelException e) {
            refuse(number, new DataHubException(ErrorCode.KERNEL, e.getMessage(), e.advice(), e));
        }
    }

    private void refuse(long number, DataHubException why) {
        refusal = why;
        refused = number;
        rows.refuse(row, number, why.code().number());
        ringer.ring();
    }

    private void forget() {
        if (ahead != null) ahead.close();
        ahead = null;
    }

    /// Whether the stream went on where this consumer can't follow.
    boolean left() {
        return left;
    }

    /// Why it can't.
    String reason() {
        return "the stream went on in generation " + refused + ", which can't be mapped here: " + refusal.problem();
    }

    /// Nobody reads any more.
    synchronized void close() {
        closed = true;
        forget();
    }
}
