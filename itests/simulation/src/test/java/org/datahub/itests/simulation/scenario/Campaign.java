package org.datahub.itests.simulation.scenario;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.datahub.itests.simulation.lab.Experiment;
import org.datahub.itests.simulation.lab.Outcome;
import org.datahub.itests.simulation.machine.Machine;

/// Seeds, one after the other, each on a machine as new.
public final class Campaign implements Experiment {
    private static final Outcome NOTHING = new Outcome(0, Long.MAX_VALUE, -1, null, List.of(), Map.of());

    /// For [org.datahub.itests.simulation.lab.Laboratory].
    public Campaign() {}

    @Override
    public Outcome run(long first, long count, int threads) {
        AtomicLong next = new AtomicLong(first);
        AtomicLong end = new AtomicLong(first + count);
        Outcome[] outcomes = new Outcome[threads];
        Thread[] workers = new Thread[threads];
        for (int index = 0; index < threads; index++) {
            int worker = index;
            Machine machine = new Machine();
            workers[index] = machine.thread("machine-" + index, () -> outcomes[worker] = work(machine, next, end));
            workers[index].start();
        }
        Outcome sum = NOTHING;
        for (int index = 0; index < threads; index++) {
            join(workers[index]);
            if (outcomes[index] == null) throw new IllegalStateException("a machine broke down: " + index);
            sum = sum.plus(outcomes[index]);
        }
        return sum;
    }

    private static void join(Thread worker) {
        try {
            worker.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Takes seeds until there are none or one fails; the others end below it, so the first that
    /// fails is always found.
    private static Outcome work(Machine machine, AtomicLong next, AtomicLong end) {
        Outcome sum = NOTHING;
        Map<String, Long> counts = new TreeMap<>();
        long seeds = 0;
        long fewest = Long.MAX_VALUE;
        while (true) {
            long seed = next.getAndIncrement();
            if (seed >= end.get()) break;
            Outcome one = one(machine, seed, 0);
            one.counts().forEach((name, number) -> counts.merge(name, number, Long::sum));
            seeds++;
            if (one.failed() < 0) {
                fewest = Math.min(fewest, one.fewest());
                continue;
            }
            end.getAndUpdate(bound -> Math.min(bound, seed));
            sum = new Outcome(0, Long.MAX_VALUE, one.failed(), one.failure(), one.trace(), Map.of());
            break;
        }
        return sum.plus(new Outcome(seeds, fewest, -1, null, List.of(), counts));
    }

    @Override
    public Outcome replay(long seed, int lines) {
        Outcome[] outcome = new Outcome[1];
        Machine machine = new Machine();
        Thread worker = machine.thread("replay", () -> outcome[0] = one(machine, seed, lines));
        worker.start();
        join(worker);
        return outcome[0];
    }

    private static Outcome one(Machine machine, long seed, int lines) {
        Play play = new Play(machine, seed, lines);
        String failure = null;
        try {
            play.run();
        } catch (Throwable e) {
            StringWriter text = new StringWriter();
            text.append(play.scenario.toString()).append(System.lineSeparator());
            e.printStackTrace(new PrintWriter(text, true));
            failure = text.toString();
        }
        Map<String, Long> counts = play.oracle.counts();
        counts.put("memory operations", machine.operations());
        counts.put("loads of old messages", machine.staleLoads());
        counts.put("stores that waited", machine.lateStores());
        counts.put("crashes that lost stores", machine.losses());
        if (machine.kills() > 0) counts.put("seeds with a crash", 1L);
        return new Outcome(1, machine.operations(), failure == null ? -1 : seed, failure, machine.trace(), counts);
    }
}
