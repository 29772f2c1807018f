package org.datahub.itests.crash;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.datahub.api.testing.Proof;

/// Which points each scenario comes to, and how often: it is played once to a good end.
final class Records {
    /// A scenario in one shape.
    record Play(String scenario, Shape shape) {}

    private static Records all;
    private static boolean archived;

    private final Map<String, Site> sites = StoreSites.all();
    private final Map<Play, Map<String, Long>> points = new LinkedHashMap<>();

    private Records() {}

    /// Made at the first call; all tests of this JVM share them.
    static synchronized Records all() throws Exception {
        if (all != null) return all;
        Records made = new Records();
        archive();
        Workers workers = new Workers();
        for (Play play : plays()) {
            made.points.put(play, Map.of()); // their order is the same in each run
            workers.add(() -> made.record(play));
        }
        workers.finish();
        all = made;
        return made;
    }

    /// One play alone.
    static Records of(Play play) throws Exception {
        Records made = new Records();
        archive();
        made.record(play);
        return made;
    }

    /// In the proof every scenario in every shape; else each in two, one with batches where it
    /// can.
    private static List<Play> plays() {
        List<Play> plays = new ArrayList<>();
        int number = 0;
        for (Map.Entry<String, Scenario> each : Scenarios.all().entrySet()) {
            List<Shape> fitting =
                    Shape.ALL.stream().filter(each.getValue()::fits).toList();
            List<Shape> single =
                    fitting.stream().filter(shape -> shape.batch() == 1).toList();
            List<Shape> batches =
                    fitting.stream().filter(shape -> shape.batch() > 1).toList();
            List<Shape> chosen = new ArrayList<>();
            chosen.add(single.get(number % single.size()));
            chosen.add(
                    batches.isEmpty()
                            ? single.get((number + 1) % single.size())
                            : batches.get(number % batches.size()));
            for (Shape shape : Proof.FULL ? fitting : chosen) plays.add(new Play(each.getKey(), shape));
            number++;
        }
        return plays;
    }

    /// The first victim leaves the archive of classes for all others.
    static synchronized void archive() throws Exception {
        if (archived) return;
        new Trial("write", Shape.ALL.getFirst(), new Plan(null, 1, null, null)).run(Jvm.archiving());
        Jvm.requireArchive();
        archived = true;
    }

    private void record(Play play) throws Exception {
        Path file = Files.createTempFile(Jvm.scratch(), "record-", "");
        Plan plan = new Plan(null, 1, slow(play.scenario), file);
        new Trial(play.scenario, play.shape, plan).run();
        Map<String, Long> counts = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] parts = line.split("\t");
            counts.put(parts[1], Long.parseLong(parts[0]));
        }
        Files.delete(file);
        synchronized (points) {
            points.put(play, counts);
        }
    }

    private String slow(String scenario) {
        String site = Scenarios.named(scenario).slow();
        return site == null ? null : StoreSites.idOf(sites, site);
    }

    /// The trial of a play that ends at this hit of a point.
    Trial trial(Play play, String point, long hit) {
        return new Trial(play.scenario, play.shape, new Plan(point, hit, slow(play.scenario), null));
    }

    Map<String, Site> sites() {
        return sites;
    }

    /// Points of each play, with their counts.
    Map<Play, Map<String, Long>> points() {
        synchronized (points) {
            return new LinkedHashMap<>(points);
        }
    }

    /// The point as people know it: a site, or a moment of the program.
    String shown(String point) {
        Site site = sites.get(point);
        return site == null ? point : site.name();
    }

    /// The point that people know by this name.
    String point(String shown) {
        return sites.values().stream()
                .filter(site -> site.name().equals(shown))
                .map(Site::id)
                .findFirst()
                .orElse(shown);
    }
}
