package org.datahub.itests.process;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.DataHub;
import org.datahub.api.HubOptions;

/// The main class of a child process: a role, the hub directory, and options as `name=value`. It
/// prints a line for each
/// thing that happens, takes orders of one word from its standard input, and ends when that ends.
public final class Peer {
    // Unbuffered: what a killed process has printed has arrived.
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private final Map<String, String> options = new HashMap<>();
    private final Set<String> orders = ConcurrentHashMap.newKeySet();

    private Peer(String... arguments) {
        for (int at = 1; at < arguments.length; at++) {
            String[] option = arguments[at].split("=", 2);
            options.put(option[0], option[1]);
        }
    }

    public static void main(String... arguments) {
        Peer peer = new Peer(arguments);
        Thread.ofPlatform().daemon().start(peer::takeOrders);
        try (DataHub hub = DataHub.open(peer.hubOptions().label(arguments[0]))) {
            switch (arguments[0]) {
                case "producer" -> new PeerProducer(peer, hub).run();
                case "consumer" -> new PeerConsumer(peer, hub).run();
                case "meter-producer" -> new PeerMeter(peer, hub).write();
                case "meter-consumer" -> new PeerMeter(peer, hub).read();
                case "open-files" -> new PeerOpenFiles(peer, hub).run();
                case "comer" -> PeerConsumer.comeAndGo(peer, hub);
                case "operator" -> PeerOperator.handOver(peer, hub);
                case "joiner" -> PeerConsumer.joinAndLeave(peer, hub);
                default -> throw new IllegalArgumentException("no such role: role=" + arguments[0]);
            }
        }
    }

    /// With `mount=` for huge pages and `files=` for blocks in files, where they are given.
    private HubOptions hubOptions() {
        HubOptions options = HubOptions.defaults().directory(Path.of(option("hub")));
        String mount = option("mount", "");
        String files = option("files", "");
        if (!mount.isEmpty()) options = options.configuration("org.datahub.memory.hugepages", Map.of("mount", mount));
        if (!files.isEmpty()) options = options.configuration("org.datahub.memory.file", Map.of("directory", files));
        return options;
    }

    private void takeOrders() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) orders.add(line);
        } catch (IOException e) {
            // The test is gone.
        }
        Runtime.getRuntime().halt(1);
    }

    /// Whether the order came since it was asked for last.
    boolean ordered(String order) {
        return !orders.isEmpty() && orders.remove(order);
    }

    /// Waits for the order.
    void awaitOrder(String order) {
        while (!ordered(order)) LockSupport.parkNanos(500_000);
    }

    String option(String name) {
        String value = options.get(name);
        if (value == null) throw new IllegalArgumentException("option missing: name=" + name);
        return value;
    }

    String option(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    long number(String name, long otherwise) {
        String value = options.get(name);
        return value == null ? otherwise : Long.parseLong(value);
    }

    Duration millis(String name, long otherwise) {
        return Duration.ofMillis(number(name, otherwise));
    }

    /// Prints a line.
    void say(String line) {
        mark(line + "\n");
    }

    /// Prints, without a line's end.
    static void mark(String text) {
        try {
            OUT.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Stays here until the process is killed.
    static void stay() {
        while (true) LockSupport.park();
    }
}
