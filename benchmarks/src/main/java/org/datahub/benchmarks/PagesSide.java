package org.datahub.benchmarks;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Locale;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.HubOptions;
import org.datahub.api.admin.BlockInfo;

/// What the pages of a block cost: `PagesSide ALLOCATOR MEBIBYTES MILLIS` makes a block of so many
/// cells of 1 MiB and walks through its data segment, as nobody else does it.
public final class PagesSide {
    private static final String NAME = "pages";
    private static final int CELL = 1 << 20;
    private static final int SMALL_PAGE = 4096;
    private static final long MILLI = 1_000_000;
    private static final int ACCESSES = 1 << 16;
    private static final long MULTIPLIER = 6364136223846793005L; // Knuth's, for numbers without a table of their own

    private PagesSide() {}

    /// Runs it.
    public static void main(String[] arguments) {
        int cells = Integer.parseInt(arguments[1]);
        long nanos = Long.parseLong(arguments[2]) * MILLI;
        try (DataHub hub =
                DataHub.open(HubOptions.defaults().directory(Path.of(System.getProperty("bench.directory"))))) {
            hub.list(); // so that classes are loaded before the clock runs
            BlockSpec spec = BlockSpec.named(NAME)
                    .slotBytes(CELL)
                    .slots(cells - 1L)
                    .integrity("none")
                    .allocator(arguments[0]);
            long begin = System.nanoTime();
            BlockInfo made = hub.declare(spec);
            print("make_ns_a_page", (double) (System.nanoTime() - begin) * SMALL_PAGE / made.dataBytes());
            print("page_bytes", made.pageBytes());
            try (DataBlockProducer out = hub.create(spec)) {
                walk(out.segment(), nanos);
            }
            hub.remove(NAME);
        }
    }

    private static void print(String name, double value) {
        System.out.printf(Locale.ROOT, "%s %.3f%n", name, value);
    }

    private static void walk(MemorySegment segment, long nanos) {
        long small = segment.byteSize() / SMALL_PAGE;
        long begin = System.nanoTime();
        touch(segment);
        print("first_touch_ns_a_page", (double) (System.nanoTime() - begin) / small);
        long sum = sum(segment); // once for the compiler, too
        begin = System.nanoTime();
        long passes = 0;
        do {
            sum += sum(segment);
            passes++;
        } while (System.nanoTime() - begin < nanos);
        print("sequential_bytes_per_s", segment.byteSize() * passes * 1e9 / (System.nanoTime() - begin));
        sum += random(segment, sum);
        begin = System.nanoTime();
        long rounds = 0;
        do {
            sum += random(segment, sum);
            rounds++;
        } while (System.nanoTime() - begin < nanos);
        print("random_ns", (double) (System.nanoTime() - begin) / (rounds * ACCESSES));
        if (sum == 1) System.out.println("sum " + sum); // so that it has to be known
    }

    /// A word of each small page; the first pages are the block's own words, and stay as they are.
    private static void touch(MemorySegment segment) {
        for (long at = CELL; at < segment.byteSize(); at += SMALL_PAGE) {
            segment.set(ValueLayout.JAVA_LONG, at + SMALL_PAGE / 2, at);
        }
    }

    private static long sum(MemorySegment segment) {
        long sum = 0;
        for (long at = 0; at < segment.byteSize(); at += Long.BYTES) sum += segment.get(ValueLayout.JAVA_LONG, at);
        return sum;
    }

    /// Each place depends on the word before, so that no two accesses overlap.
    private static long random(MemorySegment segment, long seed) {
        long words = segment.byteSize() / Long.BYTES;
        long at = seed;
        for (int access = 0; access < ACCESSES; access++) {
            at = at * MULTIPLIER + 1442695040888963407L;
            at += segment.get(ValueLayout.JAVA_LONG, (at >>> 1) % words * Long.BYTES);
        }
        return at;
    }
}
