package org.datahub.itests.simulation.scenario;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.ZoneHeader;
import org.datahub.itests.simulation.machine.Machine;
import org.datahub.itests.simulation.machine.SimulatedProcess;
import org.datahub.itests.simulation.machine.Spectator;
import org.datahub.itests.simulation.machine.Violation;

/// Sees the newest of everything, and knows what was promised. Each store is checked as it is done,
/// so the promises hold between any two instructions of any process; a crash is checked once more
/// before anything is recovered.
final class Oracle implements Spectator {
    private static final long NOBODY = -1;
    private static final int REASONS = 5;

    private final Machine machine;
    private final Scenario scenario;
    private final Consumer<SimulatedProcess> afterKill;
    private final int rows;
    private final Map<String, Long> counts = new TreeMap<>();

    private MemorySegment state;
    private MemorySegment control;
    private long statePlace;
    private long controlPlace;
    private final List<Stretch> stretches = new ArrayList<>(); // those that stand, cut ones first
    private Stretch now; // the last of them
    private final Set<Long> used = new HashSet<>(); // numbers of generations that slots were in
    private long highest; // number of a generation so far

    private long committed;
    private final long[] attempts = new long[4096]; // by slot number: what was committed there
    private final long[] drafts = new long[4096]; // what its producer is about to commit
    private long lastAttempt;
    private final List<Integer> words = new ArrayList<>(List.of(0)); // by attempt: of its payload
    private final long[] sizes = new long[4096]; // by first slot number: how many are committed at once
    private final long[] protectedJoin; // by row: the join whose slots nobody may overwrite
    private final long[] observedJoin;
    private final List<Set<Long>> evictedJoins = new ArrayList<>(); // by row
    private final long[] forgottenJoin; // by row: the last join whose eviction was taken back
    private final long[] pinned; // by row: the address of what is held in place
    private final int[] evictions; // by row, those that its consumer has not yet answered by a new join
    private final Set<SimulatedProcess> joining = new HashSet<>();
    private long committedAtJoin;
    private final Set<Long> ends = new HashSet<>(); // each number at which the stream ended
    private long incarnation;
    private int attached;
    private int reasons;
    private final Commons commons;
    private long zone = NOBODY;

    Oracle(Machine machine, Scenario scenario, Consumer<SimulatedProcess> afterKill) {
        this.machine = machine;
        this.scenario = scenario;
        this.afterKill = afterKill;
        this.rows = scenario.block().participants();
        this.protectedJoin = new long[rows];
        this.observedJoin = new long[rows];
        this.pinned = new long[rows];
        this.evictions = new int[rows];
        this.commons = new Commons(machine, this);
        this.forgottenJoin = new long[rows];
        for (int row = 0; row < rows; row++) evictedJoins.add(new HashSet<>());
        Arrays.fill(forgottenJoin, NOBODY);
        Arrays.fill(protectedJoin, NOBODY);
        Arrays.fill(observedJoin, NOBODY);
        Arrays.fill(pinned, NOBODY);
    }

    /// The block is there: looks up where it stands.
    void locate() {
        if (now != null) return;
        state = machine.disk().file(Scenario.BLOCK, "state");
        control = machine.disk().file(Scenario.BLOCK, "control");
        statePlace = machine.place(state);
        controlPlace = machine.place(control);
        highest = 1;
        goOn(highest, 0);
        if (scenario.sharers() > 0) zone = newest(control, ControlLayout.ZONES_OFFSET);
    }

    private void goOn(long generation, long first) {
        MemorySegment data = machine.disk().file(Scenario.BLOCK, "data." + generation);
        require(data != null, "the stream goes on where nothing stands: generation=" + generation);
        now = new Stretch(machine, generation, data, first);
        stretches.add(now);
        used.add(generation);
    }

    private long newest(MemorySegment file, long offset) {
        return machine.memory().newest(file, offset);
    }

    Commons commons() {
        return commons;
    }

    void count(String what, long number) {
        counts.merge(what, number, Long::sum);
    }

    Map<String, Long> counts() {
        return counts;
    }

    private Violation broken(String what) {
        return machine.broken(what);
    }

    void require(boolean holds, String what) {
        if (!holds) throw broken(what);
    }

    // Stores.

    @Override
    public void stored(int place, long before, long value) {
        if (now == null) return;
        for (Stretch stretch : stretches) {
            if (stretch.offset(place) < 0) continue;
            storedData(stretch, stretch.offset(place), before, value);
            return;
        }
        long inState = place - statePlace;
        long inControl = place - controlPlace;
        long inTable = inState - StateLayout.generation(0);
        if (inState == StateLayout.END) ended(value);
        else if (inState >= StateLayout.EVICTED && inState < StateLayout.COUNTERS) evicted(inState, before, value);
        else if (inTable >= 0 && inState < StateLayout.letGo(0)) storedTable(inTable, before, value);
        else if (inControl >= 0 && inControl < control.byteSize()) storedControl(inControl, value);
    }

    private void storedTable(long offset, long before, long value) {
        int entry = (int) (offset / GenerationEntry.BYTES);
        long word = offset % GenerationEntry.BYTES;
        if (word == GenerationEntry.CUT && value != 0) cut(entry, value - 1);
        if (word == GenerationEntry.NUMBER && value == 0) takenOff(before);
        if (word != GenerationEntry.NUMBER || value == 0) return;
        require(value > highest, "a generation comes back: number=" + value);
        highest = value;
    }

    private long numberOf(int entry) {
        return newest(state, StateLayout.generation(entry) + GenerationEntry.NUMBER);
    }

    /// The stream goes on in the next generation, from slot n on.
    private void cut(int entry, long n) {
        require(numberOf(entry) == now.number, "a generation is cut that slots are not in: " + numberOf(entry));
        require(n == committed, "a wrong cut: slot=" + n + ", committed=" + committed);
        long next = Long.MAX_VALUE;
        for (int other = 0; other < StateLayout.GENERATION_ENTRIES; other++) {
            if (numberOf(other) > now.number) next = Math.min(next, numberOf(other));
        }
        goOn(next, n);
        long first = now.word(DataLayout.FIRST);
        require(scenario.state() || first == n, "a generation begins elsewhere: first=" + first + ", cut=" + n);
        requireNewestIntact();
        count("handovers", 1);
    }

    /// The table names the generation no more, and its segment will be taken away.
    private void takenOff(long number) {
        if (number == 0) return;
        require(number != now.number, "the generation that slots are in is taken away: number=" + number);
        if (!stretches.removeIf(stretch -> stretch.number == number)) {
            count("handovers cancelled", 1);
            return;
        }
        count("generations retired", 1);
        requireNewestIntact();
        if (scenario.state()) return;
        require(
                committed >= now.first + now.slots,
                "retired before the next holds K slots: first=" + now.first + ", committed=" + committed);
        for (int row = 0; row < rows; row++) {
            long cursor = newest(control, ControlLayout.row(row) + RowLayout.CURSOR);
            require(
                    protectedJoin[row] == NOBODY || leftBehind(row) || cursor >= now.first,
                    "retired while a protected consumer reads it: row=" + row + ", cursor=" + cursor);
        }
    }

    /// Words for the next end: a letter, again and again, more often the later in the alphabet.
    String reason() {
        return reason((char) ('a' + reasons++ % REASONS));
    }

    private static String reason(char letter) {
        return String.valueOf(letter).repeat(3 * (letter - 'a' + 1));
    }

    /// Empty where the stream has gone on already; never words of two ends.
    void requireReason(String words) {
        if (words.isEmpty()) return;
        require(words.equals(reason(words.charAt(0))), "words of two ends: " + words);
        count("reasons of an end", 1);
    }

    private void ended(long value) {
        if (value == 0) return;
        require(value - 1 == committed, "a wrong end: end=" + (value - 1) + ", committed=" + committed);
        ends.add(committed);
    }

    private void storedControl(long offset, long value) {
        if (offset == ControlLayout.JOIN_EPOCH) committedAtJoin = committed;
        if (offset == zone + ZoneHeader.GENERATION) commons.published(value);
        long row = (offset - ControlLayout.BYTES) / RowLayout.BYTES;
        if (row >= rows) return;
        boolean active = offset == ControlLayout.row((int) row) + RowLayout.ACTIVE;
        if (!active || value != RowLayout.LOSSLESS || joining.contains(machine.running())) return;
        require(evictions[(int) row]-- > 0, "a consumer joins anew that was not let go: row=" + row);
    }

    /// Whether the stream went on where the row's owner said that it can't follow.
    private boolean leftBehind(int row) {
        long refused = newest(control, ControlLayout.row(row) + RowLayout.GENERATION_REFUSED);
        return used.contains(refused)
                && refused > newest(control, ControlLayout.row(row) + RowLayout.GENERATION_ENTERED);
    }

    private void storedData(Stretch in, long offset, long before, long value) {
        require(in == now, "a generation is written that is cut: number=" + in.number + ", offset=" + offset);
        long cell = in.cell(offset);
        if (offset == DataLayout.HEAD) {
            require(
                    value <= committed,
                    "head is beyond what was committed: head=" + value + ", committed=" + committed);
        } else if (offset == DataLayout.LATEST) {
            commitState(value);
        } else if (cell >= 0) {
            if (scenario.state()) storedBuffer(cell);
            else storedCell(cell, in.isStamp(offset), before, value);
        }
    }

    private void storedCell(long cell, boolean isStamp, long before, long value) {
        long stamp = isStamp ? before : now.stampOf(cell);
        long n = stamp - 1;
        if (n >= 0 && n < committed) {
            if (n >= committed - now.slots) {
                throw broken("one of the K newest is written over: slot=" + n + ", committed=" + committed + ", K="
                        + now.slots);
            }
            requireUnprotected(n);
        }
        if (isStamp && value != 0) committed(cell, value - 1);
    }

    private void requireUnprotected(long n) {
        for (int row = 0; row < rows; row++) {
            if (protectedJoin[row] == NOBODY || leftBehind(row)) continue;
            long cursor = newest(control, ControlLayout.row(row) + RowLayout.CURSOR);
            require(n < cursor, "a protected slot is written over: slot=" + n + ", row=" + row + ", cursor=" + cursor);
        }
    }

    private void committed(long cell, long n) {
        require(
                n % now.cells == cell,
                "a slot in the wrong cell: slot=" + n + ", cell=" + cell + ", cells=" + now.cells);
        require(n >= committed, "a slot is committed twice: slot=" + n);
        long from = committed;
        while (now.stampOf(committed % now.cells) == committed + 1) {
            attempts[(int) committed] = drafts[(int) committed];
            committed++;
        }
        if (committed == from) return;
        long expected = sizes[(int) from];
        require(
                committed - from == expected,
                "a commit of another size: slot=" + from + ", committed=" + (committed - from) + ", meant=" + expected);
        for (long each = from; each < committed; each++) requireIntact(now, each, each % now.cells);
        count("slots committed", committed - from);
    }

    private void commitState(long latest) {
        long n = DataLayout.slotOf(latest);
        require(n == committed, "the wrong slot is committed: slot=" + n + ", next=" + committed);
        attempts[(int) committed] = drafts[(int) committed];
        committed++;
        requireIntact(now, n, DataLayout.bufferOf(latest));
        count("slots committed", 1);
    }

    private void storedBuffer(long buffer) {
        long latest = now.word(DataLayout.LATEST);
        require(
                DataLayout.slotOf(latest) < 0 || DataLayout.bufferOf(latest) != buffer,
                "the newest value is written over: buffer=" + buffer);
        for (int row = 0; row < rows; row++) {
            require(
                    pinned[row] != now.payload(buffer),
                    "a pinned buffer is written: buffer=" + buffer + ", row=" + row);
        }
    }

    private void requireIntact(Stretch in, long n, long cell) {
        long at = in.at(cell);
        long attempt = attempts[(int) n];
        String where = ": slot=" + n + ", cell=" + cell + ", committed=" + committed + ", generation=" + in.number;
        require(in.word(at) == n + 1, "a committed slot is gone" + where + ", stamp=" + in.word(at));
        int words = words(attempt);
        long length = SlotHeader.length(in.word(at + 8));
        require(length == 8L * words, "a committed slot has another length" + where + ", length=" + length);
        require(in.word(at + 24) == attempt, "a committed slot has another header" + where);
        for (int word = 0; word < words; word++) {
            require(
                    in.word(at + SlotHeader.BYTES + 8L * word) == Payload.word(attempt, word),
                    "a committed slot has other bytes" + where + ", word=" + word);
        }
    }

    private void evicted(long offset, long before, long value) {
        int first = (int) ((offset - StateLayout.EVICTED) / Long.BYTES) * Long.SIZE;
        for (int row = first; row < Math.min(rows, first + Long.SIZE); row++) {
            long bit = 1L << row - first;
            long join = joinOf(row);
            if ((before & ~value & bit) != 0) forgottenJoin[row] = join;
            if ((value & ~before & bit) == 0) continue;
            evictedJoins.get(row).add(join);
            protectedJoin[row] = NOBODY;
            evictions[row]++;
            count("evictions", 1);
        }
    }

    private long joinOf(int row) {
        return newest(control, ControlLayout.row(row) + RowLayout.EPOCH);
    }

    // Crashes.

    @Override
    public void killed(SimulatedProcess process) {
        if (now != null) {
            requireNewestIntact();
            // What waited in its buffer is gone: then nobody else ever saw that it was there.
            incarnation = Math.min(incarnation, newest(state, StateLayout.INCARNATION));
        }
        count("crashes", 1);
        commons.killed(process);
        afterKill.accept(process);
    }

    /// The K newest committed slots are there; the smaller K while two generations stand.
    void requireNewestIntact() {
        if (scenario.state()) {
            if (committed > 0) requireIntact(now, committed - 1, DataLayout.bufferOf(now.word(DataLayout.LATEST)));
            return;
        }
        long slots =
                stretches.stream().mapToLong(stretch -> stretch.slots).min().orElseThrow();
        for (long n = Math.max(0, committed - slots); n < committed; n++) {
            Stretch in = holds(n);
            requireIntact(in, n, n % in.cells);
        }
    }

    private Stretch holds(long n) {
        for (Stretch stretch : stretches.reversed()) {
            if (n >= stretch.first) return stretch;
        }
        throw broken("the generation of a slot is gone: slot=" + n + ", committed=" + committed);
    }

    /// No data segment stands but those that slots are in.
    void requireNothingLeft() {
        for (String file : machine.disk().files(Scenario.BLOCK)) {
            if (!file.startsWith("data.")) continue;
            long number = Long.parseLong(file.substring("data.".length()));
            require(
                    stretches.stream().anyMatch(stretch -> stretch.number == number),
                    "a data segment is left behind: " + file);
        }
    }

    // What producers say.

    /// A producer is through with its takeover.
    void takenOver(long next) {
        locate();
        require(next == committed, "takeover found another head: next=" + next + ", committed=" + committed);
        requireNewestIntact();
        long own = machine.own(state, StateLayout.INCARNATION);
        require(own > incarnation, "a takeover that is no new incarnation: incarnation=" + own);
        incarnation = own;
        count("takeovers", 1);
        requireNothingLeft();
        if (scenario.state()) return;
        long head = machine.own(now.data, DataLayout.HEAD);
        require(head == next, "takeover left head behind: head=" + head + ", next=" + next);
        for (long cell = 0; cell < now.cells; cell++) {
            long stamp = machine.own(now.data, now.at(cell));
            require(stamp <= next, "takeover left a stamp beyond the head: stamp=" + stamp);
        }
    }

    /// A producer is about to write slot n, with a payload that fits; returns what.
    long draft(long n, long slotBytes) {
        drafts[(int) n] = ++lastAttempt;
        words.add(Payload.words(lastAttempt, (int) slotBytes / Long.BYTES));
        sizes[(int) n] = 1;
        return lastAttempt;
    }

    /// `count` slots from `first` on become visible at once.
    void batch(long first, long count) {
        sizes[(int) first] = count;
    }

    int words(long attempt) {
        return words.get((int) attempt);
    }

    long committed() {
        return committed;
    }

    /// All is written, and the stream has ended; a producer that takes over once more begins it
    /// anew.
    boolean over() {
        return state != null
                && committed >= scenario.slots()
                && machine.operations() >= Scenario.LEAST_OPERATIONS
                && newest(state, StateLayout.END) != 0;
    }

    // What consumers say.

    void attached() {
        attached++;
    }

    int attachedSoFar() {
        return attached;
    }

    /// The running process attaches, or seeks.
    void joins(boolean begins) {
        if (begins) joining.add(machine.running());
        else joining.remove(machine.running());
    }

    /// A lossless consumer has got slot n as a copy: nobody protects it yet. Where all that is
    /// stored is seen at once, the first write that begins behind a join acknowledges it; the
    /// consumer may have looked for that just before.
    void copied(long n) {
        require(
                scenario.chance().stale() > 0
                        || scenario.chance().held() > 0
                        || n <= committedAtJoin + scenario.block().batch(),
                "a lossless consumer is not protected: slot=" + n + ", committed at the last join=" + committedAtJoin);
    }

    /// A lossless consumer has got a slot in place: from now on it is protected, as long as its
    /// join lasts.
    void protect(int row) {
        long join = joinOf(row);
        observedJoin[row] = join;
        if (!evictedJoins.get(row).contains(join)) protectedJoin[row] = join;
    }

    /// The consumer leaves, or is killed.
    void leave(int row) {
        protectedJoin[row] = NOBODY;
        observedJoin[row] = NOBODY;
        pinned[row] = NOBODY;
    }

    void pin(int row, long address) {
        pinned[row] = address;
    }

    void unpin(int row) {
        pinned[row] = NOBODY;
    }

    /// A consumer was told that the stream has ended at slot n; whether there is nothing more to
    /// come.
    boolean end(long n) {
        require(ends.contains(n), "an end that never was: slot=" + n + ", committed=" + committed);
        return over() && n == committed;
    }

    /// A slot was delivered as good.
    void delivered(long n, long attempt, long length, long[] words) {
        require(n < committed, "a slot was delivered that was never committed: slot=" + n + ", committed=" + committed);
        require(attempt == attempts[(int) n], "a slot was delivered with another header: slot=" + n);
        require(
                length == 8L * words(attempt),
                "a slot was delivered with another length: slot=" + n + ", length=" + length);
        for (int word = 0; word < words.length; word++) {
            require(words[word] == Payload.word(attempt, word), "torn bytes were delivered as good: slot=" + n);
        }
        count("slots delivered", 1);
    }

    /// A consumer was told that it missed slots; `row` is -1 for one that nobody protects.
    void missed(int row, long from, long to, boolean saysEvicted) {
        require(to <= committed, "a gap beyond what was committed: to=" + to + ", committed=" + committed);
        count("slots missed", to - from);
        if (row < 0) return;
        // The keys of what he still has to read may be over.
        if (scenario.keyed() && leftBehind(row)) return;
        require(protectedJoin[row] == NOBODY, "a protected consumer lost slots: from=" + from + ", to=" + to);
        if (saysEvicted) {
            require(!evictedJoins.get(row).isEmpty(), "a consumer says it was evicted and was not: row=" + row);
            count("gaps by eviction", 1);
            return;
        }
        // Who was protected loses nothing without an eviction, also where he joined anew since and the
        // producer has not seen it. A successor takes evictions back: who did not see his may take the
        // loss for an overrun.
        boolean wasProtected = observedJoin[row] != NOBODY;
        require(
                !wasProtected || forgottenJoin[row] >= observedJoin[row],
                "an eviction was told as an overrun: from=" + from + ", to=" + to + ", row=" + row);
    }
}
