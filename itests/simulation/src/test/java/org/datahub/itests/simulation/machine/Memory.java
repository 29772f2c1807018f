package org.datahub.itests.simulation.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The memory that all simulated processes share. Its addresses are real ones, so that the segments
/// that the engine holds are real too, but nothing stands there: a word lives in its [Location], or
/// in `base` while only one message was ever stored to it.
///
/// Words that no decision rests on (what is written once before a block is there, counters, names
/// for people) are not tracked: they are read and written at once and in order, and no process
/// loses its turn there.
public final class Memory {
    /// Bytes that there are for files.
    static final int BYTES = 1 << 19;

    private static final int UNIT = 4; // the smallest word
    private static final int ALIGN = 128;

    private final MemorySegment whole = Arena.ofAuto().allocate(BYTES, ALIGN);
    private final long begin = whole.address();
    private final long[] base = new long[BYTES / Long.BYTES];
    private final boolean[] tracked = new boolean[BYTES / UNIT];
    private final Location[] locations = new Location[BYTES / UNIT];
    private final List<Integer> touched = new ArrayList<>();
    private int used;
    private long stores;

    /// What the sequentially consistent fences of all threads have seen: Lahav, Vafeiadis, Kang,
    /// Hur, Dreyer, "Repairing Sequential Consistency in C/C++11" (PLDI 2017).
    private View fenced = new View();

    /// Nothing was ever stored.
    void clear() {
        Arrays.fill(base, 0, (used + 7) / Long.BYTES, 0);
        Arrays.fill(tracked, 0, used / UNIT, false);
        for (int unit : touched) locations[unit] = null;
        touched.clear();
        fenced = new View();
        used = 0;
        stores = 0;
    }

    /// Room for a file.
    MemorySegment allocate(long bytes) {
        int from = used;
        used = Math.toIntExact(Math.addExact(used, bytes) + ALIGN - 1) / ALIGN * ALIGN;
        if (used > BYTES) throw new IllegalStateException("the simulated memory is full: bytes=" + used);
        return whole.asSlice(from, bytes);
    }

    /// Where the word at `offset` of `segment` stands in this memory; -1 for private memory.
    int place(MemorySegment segment, long offset, int bytes) {
        long at = segment.address() + offset - begin;
        if (at < 0 || at >= BYTES) return -1;
        if (offset < 0 || offset + bytes > segment.byteSize()) {
            throw new Violation("beyond its segment: offset=" + offset + ", bytes=" + segment.byteSize());
        }
        if (at % bytes != 0) throw new Violation("not aligned: offset=" + offset + ", bytes=" + bytes);
        return (int) at;
    }

    /// Words from `from` to `to` of the file at `file` are tracked.
    void track(MemorySegment file, long from, long to) {
        fill(file, from, to, true);
    }

    void untrack(MemorySegment file, long from, long to) {
        fill(file, from, to, false);
    }

    private void fill(MemorySegment file, long from, long to, boolean value) {
        int at = (int) (file.address() - begin);
        Arrays.fill(tracked, (int) (at + from) / UNIT, (int) (at + to) / UNIT, value);
    }

    boolean tracked(int place) {
        return tracked[place / UNIT];
    }

    /// The messages of a word; null while there is only the first.
    Location known(int place, int bytes) {
        Location location = locations[place / UNIT];
        if (location != null && location.bytes != bytes) throw mixed(place);
        return location;
    }

    /// The messages of a word that is about to get one more.
    Location location(int place, int bytes) {
        Location location = known(place, bytes);
        if (location != null) return location;
        if (bytes == Long.BYTES && locations[place / UNIT + 1] != null) throw mixed(place);
        if (place % Long.BYTES != 0
                && locations[place / UNIT - 1] != null
                && locations[place / UNIT - 1].bytes != bytes) {
            throw mixed(place);
        }
        location = new Location(touched.size(), bytes, first(place, bytes));
        locations[place / UNIT] = location;
        touched.add(place / UNIT);
        return location;
    }

    private static Violation mixed(int place) {
        return new Violation("words of two sizes at one place: place=" + place);
    }

    int locations() {
        return touched.size();
    }

    /// What stands in a word that is not tracked, or was never stored to.
    long first(int place, int bytes) {
        long word = base[place / Long.BYTES];
        if (bytes == Long.BYTES) return word;
        return place % Long.BYTES == 0 ? (int) word : (int) (word >>> 32);
    }

    /// Stores to a word that is not tracked.
    void storeFirst(int place, int bytes, long value) {
        int index = place / Long.BYTES;
        if (bytes == Long.BYTES) base[index] = value;
        else if (place % Long.BYTES == 0) base[index] = base[index] & 0xffff_ffff_0000_0000L | value & 0xffff_ffffL;
        else base[index] = base[index] & 0xffff_ffffL | value << 32;
    }

    /// The newest message, as somebody sees it who stands above all threads.
    long newest(int place, int bytes) {
        Location location = locations[place / UNIT];
        return location == null ? first(place, bytes) : location.value(location.newest());
    }

    /// The newest message of the 64-bit word at `offset` of `segment`.
    public long newest(MemorySegment segment, long offset) {
        return newest(place(segment, offset, Long.BYTES), Long.BYTES);
    }

    void stored() {
        stores++;
    }

    /// How many messages there are: nothing has changed while it is the same.
    long stores() {
        return stores;
    }

    View fenced() {
        return fenced;
    }
}
