package org.datahub.distribution;

import java.util.function.Supplier;

/// One line on a terminal that shows how far a command is; nowhere else.
final class Progress implements AutoCloseable {
    private static final long INTERVAL_MS = 250;

    private final Terminal terminal;
    private final Thread painter;

    private Progress(Terminal terminal, Thread painter) {
        this.terminal = terminal;
        this.painter = painter;
    }

    /// Shows `text`, asked for from another thread, until closed.
    static Progress on(Terminal terminal, Supplier<String> text) {
        if (!terminal.rewrites()) return new Progress(terminal, null);
        return new Progress(terminal, Thread.ofPlatform().daemon().name("datahub-progress").start(() -> paint(terminal, text)));
    }

    private static void paint(Terminal terminal, Supplier<String> text) {
        try {
            while (true) {
                Thread.sleep(INTERVAL_MS);
                terminal.rewrite(text.get());
            }
        } catch (InterruptedException e) {
            terminal.rewrite("");
        }
    }

    @Override
    public void close() {
        if (painter == null) return;
        painter.interrupt();
        try {
            painter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
