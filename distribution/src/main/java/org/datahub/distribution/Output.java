package org.datahub.distribution;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/// Standard output: lines are gathered until [#flush], payloads go to the kernel at once.
///
/// A `PrintStream` would swallow the error that says that nobody reads any more.
public final class Output {
    private static final int GATHERED = 1 << 16;

    private final WritableByteChannel channel;
    private final BooleanSupplier pipe;
    private final ByteBuffer lines = ByteBuffer.allocateDirect(GATHERED);

    /// Writes to `channel`; `pipe` says whether its other end can go away.
    public Output(WritableByteChannel channel, BooleanSupplier pipe) {
        this.channel = channel;
        this.pipe = pipe;
    }

    /// One line of text in UTF-8, whatever the locale.
    public void line(String text) throws IOException {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; ) {
            if (!lines.hasRemaining()) flush();
            int part = Math.min(lines.remaining(), bytes.length - at);
            lines.put(bytes, at, part);
            at += part;
        }
    }

    /// All of `bytes`, behind the lines so far.
    void write(ByteBuffer bytes) throws IOException {
        flush();
        send(bytes);
    }

    /// Hands the gathered lines to the kernel.
    public void flush() throws IOException {
        lines.flip();
        try {
            send(lines);
        } finally {
            lines.clear();
        }
    }

    private void send(ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining()) channel.write(bytes);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            // The text of errno depends on the locale, the kind of file does not.
            if (pipe.getAsBoolean()) throw new OutputClosed(e);
            throw new IOException("standard output can't be written: " + e.getMessage(), e);
        }
    }
}
