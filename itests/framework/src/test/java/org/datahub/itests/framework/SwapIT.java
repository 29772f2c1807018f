package org.datahub.itests.framework;

import static org.junit.Assert.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.inject.Inject;
import org.datahub.api.BlockSpec;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/// A stream at full speed whose integrity changes again and again: by the target filter of its configuration, by the
/// ranking of providers that the filter allows, by bundles that stop and start, and by new key epochs, which come by
/// count and at the request of the process outside. A change counts when the consumer
/// outside the container saw it, with 100 slots on either side.
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SwapIT {
    private static final String BLOCK = "swapped";
    private static final String ENGINE = "org.datahub.engine";
    private static final String HMAC = "org.datahub.integrity.hmac";
    private static final String BLAKE2B = "org.datahub.integrity.blake2b";
    private static final String EITHER = "(|(integrity.name=hmac-sha256)(integrity.name=blake2b-256))";
    private static final int HMAC_ID = 2;
    private static final long EPOCH_SLOTS = 5_000;

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    private Path key;
    private Outside outside;
    private int sealedBy; // low byte: the algorithm; next: the key epoch
    private int ranking;
    private final Map<String, Integer> counted = new TreeMap<>(); // by way

    @org.ops4j.pax.exam.Configuration
    public Option[] container() {
        return new Option[] {Container.bundles()};
    }

    @Before
    public void configure() throws Exception {
        configurations
                .getConfiguration(ENGINE, "?")
                .update(new Hashtable<>(Map.of("hub.directory", System.getProperty("hub.directory"))));
        Container.installed(context, ENGINE).stop();
        Container.installed(context, ENGINE).start();
        key = Container.newKey();
        rank(HMAC);
        rank(BLAKE2B);
        for (String name : List.of("crc32c", "hmac-sha256", "blake2b-256")) Container.awaitIntegrity(context, name);
        target("(integrity.name=hmac-sha256)");
        Container.await("the block", () -> ContainerProducer.hub(context).list().contains(BLOCK));
    }

    @After
    public void forgetTheKey() throws Exception {
        Files.delete(key);
    }

    private void target(String filter) throws Exception {
        Configuration block = configurations.getFactoryConfiguration("org.datahub.block", BLOCK, "?");
        block.update(new Hashtable<>(
                Map.of("slot.bytes", "256", "slots", "16", "integrity.target", filter, "key.max.slots", EPOCH_SLOTS)));
    }

    /// Ranks the provider above all others.
    private void rank(String pid) throws Exception {
        ranking++;
        configurations
                .getConfiguration(pid, "?")
                .update(new Hashtable<>(Map.of("key.file", key.toString(), "service.ranking", ranking)));
    }

    /// What the process outside saw change, at which slot.
    private record Change(long slot, int before, int after, boolean counts) {
        static Change of(String line) {
            String[] words = line.split(" ");
            return new Change(
                    Long.parseLong(words[1]),
                    Integer.parseInt(words[2]),
                    Integer.parseInt(words[3]),
                    Boolean.parseBoolean(words[4]));
        }

        int epoch() {
            return after >> 8;
        }
    }

    private static int algorithm(int seal) {
        return seal & 0xff;
    }

    private interface Step {
        void make() throws Exception;
    }

    /// Changes the algorithm, and waits until the consumer outside has seen it. Where a filter
    /// allows two providers, both may have their turn in a moment: what is left of such a change
    /// does not count. An epoch that comes by count meanwhile is passed over.
    private void seen(String way, Step step) throws Exception {
        mark();
        step.make();
        Change change;
        do change = Change.of(outside.await("change"));
        while (algorithm(change.after) == algorithm(sealedBy));
        count(way, change);
    }

    private void mark() throws Exception {
        outside.send("mark");
        sealedBy = Integer.parseInt(outside.await("mark").split(" ")[2]);
    }

    private void count(String way, Change... changes) throws Exception {
        for (Change change : changes) {
            sealedBy = change.after;
            if (change.counts) counted.merge(way, 1, Integer::sum);
        }
        outside.send("pause " + way);
        outside.await("pause");
    }

    /// An operator in the process outside asks for a new epoch.
    private void byRequest() throws Exception {
        mark();
        outside.send("rotate");
        Map<Integer, Change> changes = new HashMap<>();
        int wanted = -1;
        while (!changes.containsKey(wanted)) {
            String line = outside.await("change", "rotated");
            if (line.startsWith("rotated")) {
                wanted = (int) Long.parseLong(line.split(" ")[1]) & 0xff;
            } else {
                Change change = Change.of(line);
                changes.put(change.epoch(), change);
            }
        }
        Change change = changes.get(wanted);
        assertEquals("algorithm", algorithm(sealedBy), algorithm(change.after));
        count("request", change);
    }

    /// Two epochs come by themselves, one as many slots behind the other as the configuration says.
    /// Between the two nothing else is awaited, for that passes over changes.
    private void byCount() throws Exception {
        mark();
        Change first = Change.of(outside.await("change"));
        Change second = Change.of(outside.await("change"));
        assertEquals("epochs", first.epoch() + 1 & 0xff, second.epoch());
        assertEquals("slots of an epoch", EPOCH_SLOTS, second.slot - first.slot);
        count("count", first, second);
    }

    private void byName(String name, int id) throws Exception {
        seen("filter", () -> target("(integrity.name=" + name + ")"));
        assertEquals(name, id, algorithm(sealedBy));
    }

    private int swaps() {
        return counted.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    public void everySlotIsVerifiedByTheProviderThatSealedIt() throws Exception {
        int swaps = Container.count("swaps", 200, 10_000);
        try (ContainerProducer out = new ContainerProducer(context, BlockSpec.named(BLOCK));
                Outside consumer = new Outside(BLOCK, "integrity swapped under a stream at full speed", key)) {
            outside = consumer;
            outside.await("ready");
            outside.more(100);
            while (swaps() < swaps) {
                byName("crc32c", 1);
                byName("hmac-sha256", HMAC_ID);
                byRequest();
                byName("blake2b-256", 3);
                byCount();
                byRequest();
                byName("crc32c", 1);
                seen("filter", () -> target(EITHER));
                for (int turn = 0; turn < 2; turn++) seen("ranking", () -> rank(other()));
                String used = algorithm(sealedBy) == HMAC_ID ? HMAC : BLAKE2B;
                seen("stop", () -> Way.STOP.goes(context, used));
                seen("start", () -> Way.STOP.comesBack(context, used));
                out.requireWell();
            }
            outside.send("end swaps=" + swaps() + " " + counted);
            out.end();
            assertEquals("ended " + out.published(), outside.await("ended"));
            assertEquals("handles closed", 0, out.closed());
        }
    }

    private String other() {
        return algorithm(sealedBy) == HMAC_ID ? BLAKE2B : HMAC;
    }
}
