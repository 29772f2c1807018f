package org.datahub.itests.crash;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.datahub.api.testing.Proof;
import org.datahub.itests.crash.Records.Play;

/// The deaths of this test run: died once, for all tests that look at them.
final class Matrix {
    /// A victim that is to die in this play or, where it is not met there, in one of the others.
    private record Case(Play play, String point, long hit, List<Play> others) {}

    private static Matrix all;

    private final Records records;
    private final Collection<Case> cases;
    private final Set<String> fatal = new ConcurrentSkipListSet<>();
    private final AtomicInteger deaths = new AtomicInteger();
    private final AtomicInteger survivals = new AtomicInteger();
    private AssertionError failure;
    private long seconds;

    private Matrix(Records records) {
        this.records = records;
        this.cases = cases(records);
    }

    /// Made at the first call; all tests of this JVM share it.
    static synchronized Matrix all() throws Exception {
        if (all != null) return all;
        long begin = System.nanoTime();
        all = new Matrix(Records.all());
        all.run();
        all.seconds = (System.nanoTime() - begin) / 1_000_000_000;
        return all;
    }

    private void run() throws Exception {
        Workers workers = new Workers();
        for (Case each : cases) {
            workers.add(() -> {
                boolean died = dies(each);
                (died ? deaths : survivals).incrementAndGet();
                if (died) fatal.add(each.point);
            });
        }
        try {
            workers.finish();
        } catch (AssertionError e) {
            failure = e;
        }
    }

    /// Whether all went on as promised, wherever a victim died.
    void requireSound() {
        if (failure != null) throw failure;
        if (survivals.get() * 50 > cases.size()) throw new AssertionError("too many victims lived: " + this);
    }

    /// Points at which a victim died.
    Set<String> fatal() {
        return fatal;
    }

    Records records() {
        return records;
    }

    /// What was counted.
    @Override
    public String toString() {
        long scenarios =
                cases.stream().map(each -> each.play.scenario()).distinct().count();
        String shapes = cases.stream()
                .map(each -> each.play.shape())
                .distinct()
                .map(Shape::toString)
                .sorted()
                .collect(Collectors.joining(" "));
        return "points=" + fatal.size() + ", scenarios=" + scenarios + ", shapes KxB=" + shapes + ", victims="
                + cases.size() + ", killed=" + deaths + ", not reached=" + survivals + ", seconds in all=" + seconds;
    }

    /// Each point on each side of the block (in the proof, in each shape) a few times: first hits
    /// and later ones, and the plays that come there take turns.
    private static Collection<Case> cases(Records records) {
        Map<String, List<Play>> plays = new LinkedHashMap<>();
        records.points().forEach((play, points) -> {
            String where = Scenarios.named(play.scenario()).party() + (Proof.FULL ? " " + play.shape() : "");
            for (String point : points.keySet()) {
                plays.computeIfAbsent(where + "\t" + point, key -> new ArrayList<>())
                        .add(play);
            }
        });
        Set<Case> cases = new LinkedHashSet<>();
        int turn = 0;
        for (Map.Entry<String, List<Play>> each : plays.entrySet()) {
            String point = each.getKey().substring(each.getKey().indexOf('\t') + 1);
            List<Play> often = often(records, each.getValue(), point);
            for (int time = 0; time < Settings.HITS; time++) {
                Play play = often.get((turn + time) % often.size());
                long hit = hit(time, records.points().get(play).get(point));
                cases.add(new Case(play, point, hit, often));
            }
            turn++;
        }
        return cases;
    }

    /// Those that come to the point for sure: what is a race in one play is the rule in another.
    private static List<Play> often(Records records, List<Play> plays, String point) {
        ToLongFunction<Play> count = play -> records.points().get(play).get(point);
        long most = plays.stream().mapToLong(count).max().orElseThrow();
        return plays.stream()
                .filter(play -> count.applyAsLong(play) * 4 >= most)
                .toList();
    }

    /// The first hit, and the others evenly up to the last that can be counted on.
    private static long hit(int time, long count) {
        long last = Math.max(1, count * 3 / 4);
        return 1 + (last - 1) * time / Math.max(1, Settings.HITS - 1);
    }

    private boolean dies(Case each) throws Exception {
        if (dies(records, each.play, each.point, tries(each.hit))) return true;
        for (Play other : each.others) {
            if (!other.equals(each.play) && dies(records, other, each.point, 1)) return true;
        }
        return false;
    }

    /// The hit, and earlier ones to try if it is not met: how often a victim comes to a point (a
    /// beat, a wake-up) may depend on how busy the machine is.
    private static long[] tries(long hit) {
        return new long[] {hit, Math.max(1, hit / 2), Math.max(1, hit / 4), 1, 1, 1};
    }

    /// Whether the victim died there, at one of these hits.
    static boolean dies(Records records, Play play, String point, long... hits) throws Exception {
        String name = play.scenario() + "/" + play.shape() + "/" + records.shown(point) + "/";
        for (long hit : hits) {
            try {
                if (records.trial(play, point, hit).run() == Trial.End.DIED) return true;
            } catch (AssertionError e) {
                throw new AssertionError("-Ddatahub.crash.only='" + name + hit + "': " + e.getMessage(), e);
            }
        }
        System.out.println("not reached: " + name + hits[0]);
        return false;
    }
}
