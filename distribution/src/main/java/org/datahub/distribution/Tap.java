package org.datahub.distribution;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Next;

/// Moves slots to standard output, until the stream ends, enough were seen, or a stop is asked for.
final class Tap {
    /// What becomes of a slot.
    enum Form {
        /// Its payload, nothing else.
        RAW,
        /// A line for people.
        TEXT,
        /// An object on a line.
        JSON
    }

    private static final Duration SLICE = Duration.ofMillis(100);

    private final DataBlockConsumer in;
    private final Terminal terminal;
    private final Form form;
    private ByteBuffer copy = ByteBuffer.allocateDirect(0);

    Tap(DataBlockConsumer in, Terminal terminal, Form form) {
        this.in = in;
        this.terminal = terminal;
        this.form = form;
    }

    /// Up to `count` slots. `silent` runs when nothing has come for a while. Lines are handed on
    /// before each wait.
    void run(long count, Stop stop, Runnable silent) throws IOException {
        long seen = 0;
        while (seen < count && !stop.requested()) {
            Next next = in.next(Duration.ZERO);
            if (next == Next.TIMEOUT) {
                terminal.out().flush();
                next = in.next(SLICE);
            }
            switch (next) {
                case SLOT -> {
                    if (show()) seen++;
                    else gap();
                }
                case GAP -> gap();
                case TIMEOUT -> silent.run();
                case END -> {
                    terminal.out().flush();
                    terminal.say("the stream ended: reason=" + in.endReason());
                    return;
                }
            }
        }
        terminal.out().flush();
    }

    /// Takes what is to be shown, and shows it when the release has proven it: who may be evicted
    /// reads memory that can change meanwhile. False where the slot is lost.
    private boolean show() throws IOException {
        if (form == Form.RAW) {
            int length = take();
            if (!in.release()) return false;
            terminal.out().write(copy.clear().limit(length));
            return true;
        }
        SlotText slot = SlotText.of(in);
        if (!in.release()) return false;
        terminal.out().line(form == Form.JSON ? Json.line(slot) : slot.line());
        return true;
    }

    /// Copies the payload; how many bytes it has.
    private int take() {
        int length = (int) in.length();
        if (copy.capacity() < length) copy = ByteBuffer.allocateDirect((int) in.slotBytes());
        MemorySegment.copy(in.segment(), in.offset(), MemorySegment.ofBuffer(copy.clear()), 0, length);
        return length;
    }

    private void gap() throws IOException {
        GapText gap = GapText.of(in);
        terminal.say(gap.line());
        if (form == Form.JSON) terminal.out().line(Json.line(gap.object()));
    }
}
