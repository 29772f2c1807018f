package org.datahub.distribution.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Ties a process to the conductor: its standard input is a pipe that ends when the conductor
/// closes it, or dies however hard.
final class Lifeline {
    private Lifeline() {}

    /// Runs `end` when `in` has ended.
    static void watch(InputStream in, Runnable end) {
        Thread.ofPlatform().daemon().name("demo-lifeline").start(() -> {
            try {
                while (in.read() >= 0) {}
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                end.run();
            }
        });
    }
}
