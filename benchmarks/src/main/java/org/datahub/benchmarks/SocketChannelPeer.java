package org.datahub.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// A Unix socket of the JDK, blocking, with direct buffers.
final class SocketChannelPeer extends Channel {
    private final SocketChannel socket;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Settings.BYTES).order(ByteOrder.nativeOrder());

    private SocketChannelPeer(SocketChannel socket) {
        this.socket = socket;
    }

    static Channel writer(String name) throws IOException {
        Path path = Settings.DIRECTORY.resolve("socket-" + name);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            return new SocketChannelPeer(server.accept());
        }
    }

    static Channel reader(String name) throws IOException {
        Path path = Settings.DIRECTORY.resolve("socket-" + name);
        while (true) {
            if (Files.exists(path)) {
                try {
                    return new SocketChannelPeer(SocketChannel.open(UnixDomainSocketAddress.of(path)));
                } catch (java.net.ConnectException e) {
                    // bound, and not listening yet
                }
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    void send(long seed) {
        Payload.fill(buffer, 0, seed);
        buffer.clear();
        try {
            while (buffer.hasRemaining()) socket.write(buffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    long receive() {
        buffer.clear();
        try {
            while (buffer.hasRemaining()) {
                if (socket.read(buffer) < 0) throw new UncheckedIOException(new EOFException());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Payload.sum(buffer, 0, Payload.WORDS);
    }
}
