package org.datahub.distribution;

import java.io.IOException;
import java.io.Writer;

/// Lets picocli print help on [Output].
final class HelpWriter extends Writer {
    private final Output out;
    private final StringBuilder line = new StringBuilder();

    HelpWriter(Output out) {
        this.out = out;
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
        for (int at = from; at < from + length; at++) {
            if (text[at] == '\n') endLine();
            else line.append(text[at]);
        }
    }

    private void endLine() throws IOException {
        out.line(line.toString());
        line.setLength(0);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (!line.isEmpty()) endLine();
        flush();
    }
}
