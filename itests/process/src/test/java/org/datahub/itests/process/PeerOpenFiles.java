package org.datahub.itests.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.HubOptions;
import org.datahub.api.Next;

/// A process that has few open files left: with `spare` of them, from none to `most`, it tries
/// everything that opens one.
///
/// Says `refused SPARE WHAT CODE PROBLEM; ADVICE` or `done SPARE WHAT`, `leaked WHAT BEFORE AFTER`
/// where something stayed open, and `ended`. Anything that is no typed error ends it with a bad exit
/// code.
final class PeerOpenFiles {
    private static final Duration NOW = Duration.ZERO;

    private final Peer peer;
    private final DataHub hub;
    private final Path directory;
    private final Deque<FileInputStream> fillers = new ArrayDeque<>();

    PeerOpenFiles(Peer peer, DataHub hub) {
        this.peer = peer;
        this.hub = hub;
        this.directory = Path.of(peer.option("hub"));
    }

    void run() {
        try (DataBlockProducer out =
                        hub.create(BlockSpec.named("own").slotBytes(8).slots(4).align(32));
                DataBlockConsumer in = hub.attach("own", ConsumerSpec.lossless())) {
            round(-1, in, out); // loads every class while there are files enough
            long files = files();
            long mappings = mappings();
            for (int spare = 0; spare <= peer.number("most", 12); spare++) {
                fill(spare);
                round(spare, in, out);
                fillers.forEach(PeerOpenFiles::close);
                fillers.clear();
                if (files() != files) peer.say("leaked files " + files + " " + files());
                if (mappings() != mappings) peer.say("leaked mappings " + mappings + " " + mappings());
            }
            peer.say("ended");
        }
    }

    private void round(int spare, DataBlockConsumer in, DataBlockProducer out) {
        attempt(
                spare,
                "create",
                () -> hub.create(BlockSpec.named("new" + spare).slotBytes(8).slots(4))
                        .close());
        attempt(
                spare,
                "attach",
                () -> hub.attach("own", ConsumerSpec.lossless()).close());
        attempt(spare, "list", hub::list);
        attempt(spare, "info", () -> hub.info("own"));
        attempt(spare, "remove", () -> hub.remove("victim" + spare));
        attempt(
                spare,
                "open",
                () -> DataHub.open(HubOptions.defaults().directory(directory)).close());
        long n = out.next();
        out.write(tx -> tx.length(8));
        if (in.next(NOW) != Next.SLOT || in.number() != n || !in.release())
            throw new IllegalStateException("slot " + n);
    }

    private void attempt(int spare, String what, Runnable call) {
        try {
            call.run();
            peer.say("done " + spare + " " + what);
        } catch (DataHubException e) {
            peer.say("refused " + spare + " " + what + " " + e.code().text() + " " + e.problem() + "; " + e.advice());
        }
    }

    /// Takes every descriptor but `spare`.
    private void fill(int spare) {
        try {
            while (true) fillers.push(new FileInputStream("/dev/null"));
        } catch (IOException e) {
            for (int i = 0; i < spare; i++) close(fillers.pop());
        }
    }

    private static void close(FileInputStream filler) {
        try {
            filler.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long files() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long mappings() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(directory.toString())).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
