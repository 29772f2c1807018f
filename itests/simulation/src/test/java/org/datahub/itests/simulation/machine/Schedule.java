package org.datahub.itests.simulation.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Who runs next and how long, and where chance strikes.
///
/// A schedule that picks anew at each operation finds next to nothing: a bug of depth d needs d
/// changes at the right places and long runs between them (Burckhardt, Kothari, Musuvathi,
/// Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS
/// 2010). So processes run in bursts of very different length, and at a few places, chosen over the
/// whole run, the running process is suspended for long, or killed.
final class Schedule {
    private static final int BURST_KINDS = 10;
    private static final int SHORT = 4;
    private static final int MIDDLE = 25;
    private static final int LONG = 200;
    private static final int LONGEST_SUSPENSION = 2000;

    private final SplittableRandom dice;
    private final long[] kills;
    private final long[] suspensions;
    private int killed;
    private int suspended;
    private int turn;

    /// Suspends at the operations named, kills at the effects named; both are sorted.
    Schedule(SplittableRandom dice, long[] kills, long[] suspensions) {
        this.dice = dice;
        this.kills = kills;
        this.suspensions = suspensions;
    }

    int burst() {
        int kind = dice.nextInt(BURST_KINDS);
        if (kind < 4) return 1 + dice.nextInt(SHORT);
        if (kind < 8) return 1 + dice.nextInt(MIDDLE);
        return 1 + dice.nextInt(LONG);
    }

    /// The operation before which the running process is suspended next.
    long nextSuspension() {
        return suspended < suspensions.length ? suspensions[suspended] : Long.MAX_VALUE;
    }

    /// The effect (what others can see: a store, a call to the kernel) before which the running
    /// process is killed next. A process that is killed before a load leaves what it leaves before
    /// its next effect.
    long nextKill() {
        return killed < kills.length ? kills[killed] : Long.MAX_VALUE;
    }

    boolean kills(long effect) {
        if (effect < nextKill()) return false;
        killed++;
        return true;
    }

    /// For how many operations the running process is suspended; 0 if it is not.
    int suspends(long operation) {
        if (suspended == suspensions.length || suspensions[suspended] > operation) return 0;
        suspended++;
        return 1 + dice.nextInt(1 + dice.nextInt(LONGEST_SUSPENSION));
    }

    <T> T any(List<T> among) {
        return among.get(dice.nextInt(among.size()));
    }

    /// One after the other: nobody is left out.
    <T> T fair(List<T> among) {
        return among.get(turn++ % among.size());
    }

    /// `count` numbers below `bound`, sorted.
    static long[] sorted(SplittableRandom dice, int count, int bound) {
        List<Long> places = new ArrayList<>();
        for (int place = 0; place < count; place++) places.add((long) dice.nextInt(bound));
        return places.stream().mapToLong(Long::longValue).sorted().toArray();
    }
}
