package org.datahub.distribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OutputTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Output out = new Output(Channels.newChannel(bytes), () -> false);

    @Test
    void linesAreGatheredUntilTheFlush() throws IOException {
        out.line("one");
        assertEquals(0, bytes.size());
        out.line("zwölf");
        out.flush();
        assertEquals("one\nzwölf\n", bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aLineLongerThanTheBufferIsWhole() throws IOException {
        String line = "x".repeat(200_000);
        out.line(line);
        out.flush();
        assertEquals(line + "\n", bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void payloadsComeBehindTheLinesBeforeThem() throws IOException {
        out.line("a");
        out.write(ByteBuffer.wrap(new byte[] {1, 2}));
        assertArrayEquals(new byte[] {'a', '\n', 1, 2}, bytes.toByteArray());
    }

    @Test
    void aPipeThatNobodyReadsIsToldFromOtherFailures() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.source().close();
        try (Pipe.SinkChannel sink = pipe.sink()) {
            Output broken = new Output(sink, () -> true);
            broken.line("unread");
            assertThrows(OutputClosed.class, broken::flush);
            Output other = new Output(sink, () -> false);
            other.line("unread");
            IOException failure = assertThrows(IOException.class, other::flush);
            assertFalse(failure instanceof OutputClosed);
        }
    }
}
