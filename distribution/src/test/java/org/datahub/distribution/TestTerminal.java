package org.datahub.distribution;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A command line whose streams are memory.
final class TestTerminal {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private byte[] in = new byte[0];

    TestTerminal in(byte[] bytes) {
        in = bytes;
        return this;
    }

    /// Runs a command; its exit status.
    int run(String... words) {
        out.reset();
        err.reset();
        return new Main(terminal(), new Stop(Thread.currentThread())).run(words);
    }

    Terminal terminal() {
        return new Terminal(
                Channels.newChannel(new ByteArrayInputStream(in)),
                new Output(Channels.newChannel(out), () -> false),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
    }

    byte[] out() {
        return out.toByteArray();
    }

    List<String> outLines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    List<String> errLines() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
