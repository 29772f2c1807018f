package org.datahub.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.LockSupport;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// JeroMQ: a pair of PAIR sockets by TCP on the loopback interface. The writer binds and leaves its
/// port in the pair's directory.
final class JeroMqChannel extends Channel {
    private static final ZContext CONTEXT = new ZContext();
    private static final int UNTIL_SENT = -1;

    private final ZMQ.Socket socket = CONTEXT.createSocket(SocketType.PAIR);

    JeroMqChannel(String name, boolean writer) throws IOException {
        socket.setHWM(Settings.CELLS);
        socket.setLinger(UNTIL_SENT);
        Path port = Settings.DIRECTORY.resolve("jeromq-" + name);
        if (writer) {
            int free;
            try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                free = probe.getLocalPort();
            }
            socket.bind("tcp://127.0.0.1:" + free);
            Path whole = Files.writeString(Settings.DIRECTORY.resolve("jeromq-" + name + "-new"), "" + free);
            Files.move(whole, port, StandardCopyOption.ATOMIC_MOVE);
        } else {
            while (!Files.exists(port)) LockSupport.parkNanos(1_000_000);
            socket.connect("tcp://127.0.0.1:" + Files.readString(port));
        }
    }

    @Override
    void send(long seed) {
        byte[] bytes = new byte[Settings.BYTES]; // the socket keeps it
        Payload.fill(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()), 0, seed);
        socket.send(bytes);
    }

    @Override
    long receive() {
        return Payload.sum(ByteBuffer.wrap(socket.recv()).order(ByteOrder.nativeOrder()), 0, Payload.WORDS);
    }

    /// The last record still waits for JeroMQ's own thread, and this process is about to end: the
    /// other would wait for it for ever.
    @Override
    public void close() {
        CONTEXT.setLinger(UNTIL_SENT);
        CONTEXT.close();
    }
}
