package org.datahub.distribution.demo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.HubOptions;
import org.datahub.api.StartFrom;
import org.datahub.examples.instrument.Content;
import org.datahub.examples.instrument.Frames;
import org.datahub.examples.instrument.Machine;
import org.datahub.examples.instrument.Telemetry;

/// A consuming process of the demo: one thread a stream, and reports on standard output. The end of standard input ends
/// everything.
public final class Worker {
    /// What a process does.
    enum Role {
        /// Reads both, and gates.
        LOSSLESS,
        /// Reads both, and never gates.
        OBSERVER
    }

    private final DataHub hub;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicBoolean failed = new AtomicBoolean();
    private final PrintStream out;

    private Worker(DataHub hub, PrintStream out) {
        this.hub = hub;
        this.out = out;
    }

    /// Takes the hub directory, the role and the file of the key.
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        Role role = Role.valueOf(arguments[1]);
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        String label = "demo " + role.name().toLowerCase(Locale.ROOT);
        boolean failed;
        HubOptions options = HubOptions.defaults()
                .directory(directory)
                .label(label)
                .configuration("org.datahub.integrity.hmac", Map.of("key.file", arguments[2]));
        try (DataHub hub = DataHub.open(options);
                Machine machine = new Machine()) {
            Worker worker = new Worker(hub, out);
            Lifeline.watch(System.in, () -> worker.stop.set(true));
            worker.run(role, label, List.of(new Telemetry(machine), new Frames()));
            failed = worker.failed.get();
        }
        System.exit(failed ? 1 : 0);
    }

    private void run(Role role, String label, List<Content> contents) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (Content content : contents) {
            content.rehearse();
            threads.add(
                    Thread.ofPlatform().name(content.name()).start(() -> guarded(() -> consume(content, role, label))));
        }
        for (Thread thread : threads) thread.join();
    }

    /// A stream that fails ends this process: the conductor counts on both.
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            failed.set(true);
            if (!stop.getAndSet(true)) e.printStackTrace();
        }
    }

    private void consume(Content content, Role role, String label) {
        ConsumerSpec spec =
                role == Role.LOSSLESS ? ConsumerSpec.lossless().from(StartFrom.OLDEST) : ConsumerSpec.observer();
        try (DataBlockConsumer consumer = hub.attach(content.name(), spec.label(label))) {
            new StreamWatch(consumer, content, this::report).run(stop::get);
        }
    }

    private synchronized void report(Report report) {
        out.println(report.line());
    }
}
