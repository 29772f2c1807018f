package org.datahub.examples.instrument;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file of /proc, kept open: each [#load] makes the kernel write it anew. Numbers are read where
/// they stand, without a string between.
final class ProcFile implements AutoCloseable {
    private static final int MOST_BYTES = 1 << 18;

    private final FileChannel file;
    private final ByteBuffer text = ByteBuffer.allocateDirect(MOST_BYTES);
    private int at;

    ProcFile(Path path) throws IOException {
        this.file = FileChannel.open(path, StandardOpenOption.READ);
    }

    /// Reads the whole file.
    ProcFile load() {
        text.clear();
        try {
            while (text.hasRemaining() && file.read(text, text.position()) > 0) {}
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        text.flip();
        at = 0;
        return this;
    }

    /// Goes behind the next line begin that reads `key`; where there is none, to the end.
    ProcFile line(String key) {
        byte[] wanted = key.getBytes(StandardCharsets.US_ASCII);
        while (at < text.limit() && !begins(wanted)) skipLine();
        at = Math.min(text.limit(), at + wanted.length);
        return this;
    }

    private boolean begins(byte[] wanted) {
        if (at + wanted.length > text.limit()) return false;
        for (int index = 0; index < wanted.length; index++) {
            if (text.get(at + index) != wanted[index]) return false;
        }
        return true;
    }

    /// Goes behind the next line end.
    ProcFile skipLine() {
        skipBehind((byte) '\n');
        return this;
    }

    /// Goes behind the next `end`; where there is none, to the end.
    ProcFile skipBehind(byte end) {
        while (at < text.limit() && text.get(at++) != end) {}
        return this;
    }

    /// Whether there is more.
    boolean more() {
        return at < text.limit();
    }

    /// Goes behind `count` words.
    ProcFile skipWords(int count) {
        for (int word = 0; word < count; word++) {
            while (more() && isSpace(text.get(at))) at++;
            while (more() && !isSpace(text.get(at))) at++;
        }
        return this;
    }

    private static boolean isSpace(byte letter) {
        return letter == ' ' || letter == '\n' || letter == '\t';
    }

    /// The digits of the next word as one number, so that `0.25` is 25; 0 where there is none.
    long number() {
        while (more() && !isDigit(text.get(at))) at++;
        long number = 0;
        while (more() && (isDigit(text.get(at)) || text.get(at) == '.')) {
            byte digit = text.get(at++);
            if (digit != '.') number = number * 10 + digit - '0';
        }
        return number;
    }

    private static boolean isDigit(byte letter) {
        return letter >= '0' && letter <= '9';
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
