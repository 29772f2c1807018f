package org.datahub.distribution;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The three streams of this process. Results go to `out`, everything said to people goes to `err`.
///
/// @param in standard input, left by an interrupt
/// @param out standard output
/// @param err standard error, in UTF-8 whatever the locale
/// @param rewrites whether a line on `err` can be written over, which is so on a terminal
public record Terminal(ReadableByteChannel in, Output out, PrintStream err, boolean rewrites) {
    private static final String ERASE = "\r\033[K";

    /// The streams that the process was started with.
    static Terminal standard() {
        return new Terminal(
                new FileInputStream(FileDescriptor.in).getChannel(),
                new Output(
                        new FileOutputStream(FileDescriptor.out).getChannel(),
                        () -> link(1).startsWith("pipe:") || link(1).startsWith("socket:")),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                link(2).startsWith("/dev/pts/") || link(2).startsWith("/dev/tty"));
    }

    /// What a descriptor of this process stands for.
    private static String link(int descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /// One line on `err`.
    public void say(String text) {
        err.println((rewrites ? ERASE : "") + "datahub: " + text);
    }

    /// Writes over the line that is there; only where [#rewrites].
    void rewrite(String text) {
        err.print(ERASE + text);
        err.flush();
    }
}
