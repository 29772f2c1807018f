package org.datahub.distribution;

import java.io.IOException;
import java.io.Writer;

/// Lets picocli print help on [Output].
final class HelpWriter extends Writer {
    private final Output out;
    private final StringBuilder line = new StringBuilder();
    private IOException failure;

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
        try {
            out.flush();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /// What became of it, which a `PrintWriter` above keeps to itself; null if it could be written.
    IOException failure() {
        return failure;
    }

    @Override
    public void close() throws IOException {
        if (!line.isEmpty()) endLine();
        flush();
    }
}
