package org.datahub.itests.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The points at which a victim can die: each store in shared memory, each step of the kernel that
/// others see, and some moments of the program. At the chosen one the process ends itself; while
/// it records, it counts them all.
///
/// A store is known by who made it: the method outside the layouts, and where in it. Lines would
/// do for people, but two stores can share one.
public final class Trap {
    private static final String LAYOUTS = "org.datahub.api.layout.";
    private static final String OURS = Trap.class.getPackageName() + ".";
    private static final String PRODUCT = "org.datahub.";
    private static final long SLOW_NANOS = 2_000_000;
    private static final long VERY_SLOW_NANOS = 60_000_000;

    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    private static final Plan PLAN = Plan.ofThisProcess();
    private static final Map<String, Long> HITS = new TreeMap<>();

    private static volatile BooleanSupplier until;

    private Trap() {}

    /// The slow site waits for this from now on, and not for a time.
    static void slowUntil(BooleanSupplier condition) {
        until = condition;
    }

    /// A store is about to be made.
    public static void store() {
        reached(WALKER.walk(frames -> site(frames.iterator())));
    }

    /// A moment of the program has come.
    static void at(String moment) {
        reached(moment);
    }

    private static void reached(String point) {
        long hits = count(point);
        if (point.equals(PLAN.slow())) slow(hits);
        if (point.equals(PLAN.point()) && hits == PLAN.hit()) Death.now();
    }

    private static void slow(long hits) {
        if (until == null) LockSupport.parkNanos(pause(hits));
        else Await.until("what the slow site waits for", until);
    }

    private static long count(String point) {
        synchronized (HITS) {
            return HITS.merge(point, 1L, Long::sum);
        }
    }

    /// Every second time a moment in which others move on, sometimes one in which they do however
    /// busy the machine is; in between they are not kept from anything.
    private static long pause(long hits) {
        if (hits % 2 == 1) return 0;
        return hits % 4 == 0 ? VERY_SLOW_NANOS : SLOW_NANOS;
    }

    /// The frames from the store outwards: the verb itself says nothing, verbs around it do, and
    /// then comes who called.
    private static String site(Iterator<StackWalker.StackFrame> frames) {
        StringBuilder inner = new StringBuilder();
        boolean verb = false;
        while (frames.hasNext()) {
            StackWalker.StackFrame frame = frames.next();
            String name = frame.getClassName();
            if (!name.startsWith(PRODUCT) || name.startsWith(OURS) || name.endsWith(".FailPoints")) continue;
            String id = Site.id(name, frame.getMethodName(), frame.getDescriptor(), frame.getByteCodeIndex());
            if (!name.startsWith(LAYOUTS)) return id + inner;
            if (verb) inner.insert(0, Site.INSIDE + id);
            verb = true;
        }
        return "nobody" + inner;
    }

    /// Writes what was counted, a point a line.
    static void save() throws IOException {
        Path file = PLAN.record();
        if (file == null) return;
        StringBuilder lines = new StringBuilder();
        synchronized (HITS) {
            HITS.forEach((point, hits) ->
                    lines.append(hits).append('\t').append(point).append('\n'));
        }
        Files.writeString(file, lines);
    }
}
