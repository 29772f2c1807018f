package org.datahub.distribution;

import java.io.IOException;
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
                    show();
                    if (!in.release()) gap();
                    seen++;
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

    private void show() throws IOException {
        switch (form) {
            case RAW ->
                terminal.out()
                        .write(in.segment().asSlice(in.offset(), in.length()).asByteBuffer());
            case TEXT -> terminal.out().line(SlotText.of(in).line());
            case JSON -> terminal.out().line(Json.line(SlotText.of(in)));
        }
    }

    private void gap() throws IOException {
        GapText gap = GapText.of(in);
        terminal.say(gap.line());
        if (form == Form.JSON) terminal.out().line(Json.line(gap.object()));
    }
}
