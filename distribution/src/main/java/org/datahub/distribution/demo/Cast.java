package org.datahub.distribution.demo;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.HubOptions;
import org.datahub.api.admin.BlockInfo;
import org.datahub.distribution.Stop;
import org.datahub.examples.instrument.Content;

/// The processes of the demo, started in the order that lets each find what it needs.
final class Cast implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SLICE = Duration.ofMillis(100);
    private static final long POLL_MS = 20;
    private static final String INSTRUMENT = Content.class.getPackageName();

    /// Less than a signal waits for the command.
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    /// What the launcher gives a hub beyond the flags of the command line: for Felix, and for the
    /// time before the configuration of the log is read.
    private static final List<String> HUB_FLAGS =
            List.of("--sun-misc-unsafe-memory-access=allow", "-Dorg.ops4j.pax.logging.DefaultServiceLog.level=WARN");

    private final Place place;
    private final Path distribution;
    private final Stop stop;
    private final List<Content> contents;
    private final List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments();
    private final List<Child> all = new ArrayList<>();
    private final Map<String, Long> published = new HashMap<>();
    private Child hub;
    private Child lossless;
    private Child observer;
    private Child victim;
    private DataHub blocks;

    Cast(Place place, Path distribution, Stop stop, List<Content> contents) {
        this.place = place;
        this.distribution = distribution;
        this.stop = stop;
        this.contents = contents;
    }

    /// The unpacked distribution that this class runs from.
    static Path distribution() throws Broken {
        try {
            Path jar = Path.of(Cast.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path root = jar.getParent().getParent();
            if (Files.isDirectory(root.resolve("bundles"))) return root;
            throw new Broken("it runs from an unpacked distribution only: path=" + root);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Starts everybody; returns when records are about to flow, or when a stop is asked for.
    void enter() throws IOException, InterruptedException, Broken {
        hub = hub();
        blocks = DataHub.open(HubOptions.defaults().directory(place.blocks()).label("demo"));
        for (Content content : contents) awaitBlock(content.name());
        if (stop.requested()) return;
        lossless = worker(Worker.Role.LOSSLESS);
        observer = worker(Worker.Role.OBSERVER);
        victim = worker(Worker.Role.LOSSLESS);
        await("not everybody is there", this::allReady);
        if (!stop.requested()) beginToPublish();
    }

    /// As an operator would: a jar into `deploy/`, a file for each stream into `config/`.
    private void beginToPublish() throws IOException, InterruptedException, Broken {
        place.drop(distribution.resolve("lib").resolve(INSTRUMENT + ".jar"));
        for (Content content : contents) {
            place.configure(INSTRUMENT + "~" + content.name(), "stream = " + content.name() + "\n");
        }
        await(
                "the instruments do not begin",
                () -> contents.stream()
                        .allMatch(content -> blocks.info(content.name()).next() > 0));
    }

    private Child hub() throws IOException {
        List<String> hubFlags = new ArrayList<>(flags);
        hubFlags.addAll(HUB_FLAGS);
        Path lib = distribution.resolve("lib");
        String classPath =
                lib.resolve("org.datahub.distribution.jar") + ":" + lib.resolve("org.apache.felix.framework.jar");
        return started(Child.start(
                hubFlags,
                classPath,
                FelixHub.class,
                place.blocks(),
                place.home().toString(),
                place.blocks().toString()));
    }

    private Child worker(Worker.Role role) throws IOException {
        return started(Child.start(
                flags,
                System.getProperty("java.class.path"),
                Worker.class,
                place.blocks(),
                place.blocks().toString(),
                role.name(),
                place.key().toString()));
    }

    private Child started(Child child) {
        all.add(child);
        return child;
    }

    /// The hub makes it from its configuration.
    private void awaitBlock(String name) throws Broken {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!stop.requested()) {
            try {
                blocks.attach(name, ConsumerSpec.observer().attachTimeout(SLICE))
                        .close();
                return;
            } catch (DataHubException e) {
                if (e.code() != ErrorCode.BLOCK_NOT_FOUND) throw e;
            }
            if (!hub.alive()) throw new Broken("the hub has ended: pid=" + hub.pid());
            if (System.nanoTime() - deadline >= 0) throw new Broken("the hub does not make the block: name=" + name);
        }
    }

    private void await(String otherwise, BooleanSupplier condition) throws InterruptedException, Broken {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!stop.requested() && !condition.getAsBoolean()) {
            requireAlive();
            if (System.nanoTime() - deadline >= 0) throw new Broken(otherwise + ": limit=" + LIMIT);
            Thread.sleep(POLL_MS);
        }
    }

    private boolean allReady() {
        return contents.stream()
                .allMatch(content ->
                        List.of(lossless, observer, victim).stream().allMatch(child -> child.ready(content.name())));
    }

    /// A process that ends before its time ends the demo.
    void requireAlive() throws Broken {
        Map<String, Child> needed = Map.of("hub", hub, "lossless", lossless, "observer", observer);
        for (Map.Entry<String, Child> each : needed.entrySet()) {
            if (each.getValue().alive()) continue;
            throw new Broken("a process ended before its time: " + each.getKey() + ", pid="
                    + each.getValue().pid());
        }
    }

    /// The instruments end the streams because their files are taken away, the consumers read to the end, the hub
    /// stops. False if one of them failed.
    boolean leave() throws IOException, InterruptedException {
        for (Content content : contents) place.withdraw(INSTRUMENT + "~" + content.name());
        boolean well = lossless.ended(LIMIT.toSeconds());
        well &= observer.ended(LIMIT.toSeconds());
        for (Content content : contents) {
            published.put(content.name(), blocks.info(content.name()).next());
        }
        hub.end();
        return well & hub.ended(LIMIT.toSeconds());
    }

    Child hubProcess() {
        return hub;
    }

    Child lossless() {
        return lossless;
    }

    Child observer() {
        return observer;
    }

    Child victim() {
        return victim;
    }

    /// How a stream's block is now.
    BlockInfo info(String stream) {
        return blocks.info(stream);
    }

    /// How many slots a stream had when everybody left.
    long published(String stream) {
        return published.getOrDefault(stream, -1L);
    }

    /// Nobody stays: who has not ended by itself in time is killed.
    @Override
    public void close() {
        stop.requested(); // takes the interrupt away: the children are waited for
        if (blocks != null) blocks.close();
        for (Child child : all) child.end();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Child child : all) child.gone(deadline);
    }
}
