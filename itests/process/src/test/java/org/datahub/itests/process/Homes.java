package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.testing.HugePagePool;

/// A hub of one test, with every place where a data segment of it can live, and what a test of
/// handovers asks.
final class Homes implements AutoCloseable {
    private final TestHub hub = new TestHub();
    private final Path files = Files.createTempDirectory("datahub-files-");
    private final HugePagePool pool; // null without

    /// Without huge pages.
    Homes() throws IOException {
        this(null);
    }

    /// `pool` stays the caller's.
    Homes(HugePagePool pool) throws IOException {
        this.pool = pool;
    }

    TestHub hub() {
        return hub;
    }

    /// Starts a [Peer] for this block, that knows the places.
    Child peer(String block, String role, String... options) throws IOException {
        return Child.peer(hub.directory(), role, words(block, options));
    }

    /// The same in a process that has not the bundle of this name.
    Child peerWithout(String bundle, String block, String role, String... options) throws IOException {
        return Child.peerWithout(bundle, hub.directory(), role, words(block, options));
    }

    private String[] words(String block, String... options) {
        List<String> words = new ArrayList<>(List.of(options));
        words.add("block=" + block);
        words.add("files=" + files);
        if (pool != null) words.add("mount=" + pool.path());
        return words.toArray(String[]::new);
    }

    /// Hands over as soon as the generation before is retired; the first slot of the new one.
    long handOver(String block, HandoverSpec spec) {
        long[] first = new long[1];
        Awaitility.await().pollInSameThread().atMost(Child.PATIENCE).until(() -> {
            try {
                first[0] = hub.open().admin(block).handover(spec, Child.PATIENCE);
                return true;
            } catch (DataHubException e) {
                if (e.code() != ErrorCode.REQUEST_REFUSED) throw e;
                return false; // that before is not over
            }
        });
        return first[0];
    }

    /// Asks for a handover on a thread of its own.
    CompletableFuture<Long> ask(String block, HandoverSpec spec) {
        CompletableFuture<Long> asked = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                asked.complete(hub.open().admin(block).handover(spec, Child.PATIENCE));
            } catch (RuntimeException e) {
                asked.completeExceptionally(e);
            }
        });
        return asked;
    }

    /// What a request for a handover came to.
    static long got(CompletableFuture<Long> asked) throws Exception {
        return asked.get(Child.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /// Waits until a generation waits for the answers of consumers.
    void awaitPrepared(String block) throws IOException {
        try (Table table = new Table(hub.directory(), block)) {
            Awaitility.await().atMost(Child.PATIENCE).until(table::prepared);
        }
    }

    /// Ends a producer's stream; where it ended.
    static long end(Child producer) throws Exception {
        producer.send("end");
        return ended(producer);
    }

    /// Waits for the end of a stream that a producer was told to end; where that is.
    static long ended(Child producer) throws Exception {
        long end = Long.parseLong(producer.await("ended ").split(" ")[1]);
        producer.exitCleanly();
        return end;
    }

    /// A consumer has read all slots from `first` to `end`.
    static void sawAll(Child consumer, long first, long end) throws Exception {
        consumer.exitCleanly();
        assertEquals(all(first, end), consumer.await("ended "));
    }

    /// A consumer has read all slots from its first, which is not that of the stream, to `end`.
    static void sawTheRest(Child consumer, long end) throws Exception {
        consumer.exitCleanly();
        String ended = consumer.await("ended ");
        long first = number(ended, "first");
        assertTrue(first > 0, ended);
        assertEquals(all(first, end), ended);
    }

    private static String all(long first, long end) {
        return "ended received=" + (end - first) + " missed=0 first=" + first + " last=" + (end - 1);
    }

    /// A number in what a [Peer] says, by its name.
    static long number(String line, String name) {
        return Long.parseLong(line.replaceFirst(".* " + name + "=", "").replaceFirst(" .*", ""));
    }

    /// Every segment and every directory made for one, wherever: `data.2`, or its name where a
    /// directory is empty.
    List<String> segments() throws IOException {
        List<String> found = new ArrayList<>();
        for (String block : hub.names()) add(hub.directory().resolve(block), "data.*", found);
        for (Path own : children(files, "*")) addOwn(own, found);
        if (pool == null) return found;
        for (Path user : children(pool.path(), "datahub-*")) {
            for (Path own : children(user, "*")) addOwn(own, found);
        }
        return found;
    }

    private static void addOwn(Path own, List<String> found) throws IOException {
        int before = found.size();
        add(own, "*", found);
        if (found.size() == before) found.add(own.toString());
    }

    private static void add(Path directory, String glob, List<String> found) throws IOException {
        for (Path child : children(directory, glob))
            found.add(child.getFileName().toString());
    }

    private static List<Path> children(Path directory, String glob) throws IOException {
        List<Path> found = new ArrayList<>();
        if (!Files.isDirectory(directory)) return found;
        try (var children = Files.newDirectoryStream(directory, glob)) {
            children.forEach(found::add);
        }
        return found;
    }

    /// Waits until nothing but the present generation stands.
    void awaitRetired(String block) {
        Awaitility.await()
                .ignoreException(java.nio.file.NoSuchFileException.class)
                .atMost(Child.PATIENCE)
                .until(() -> segments()
                        .equals(List.of("data." + hub.open().info(block).generation())));
    }

    @Override
    public void close() throws IOException {
        hub.close();
        TestHub.delete(files);
    }
}
