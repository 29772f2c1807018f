package org.datahub.itests.simulation.machine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import jdk.internal.vm.Continuation;

/// A simulated machine: weak memory, processes that run in turns and are killed, a kernel, a clock.
/// What happens on it is decided by one seed.
///
/// Before [#run], and outside of it, words are stored and loaded at once: that is how a block is
/// made that the processes find.
public final class Machine {
    private static final int FAIR_STALE = 0;
    private static final int MOST_IDLE = 20_000;
    private static final long IDLE_NANOS = 1_000_000;
    private static final int DYING = 300;
    private static final int IMPATIENT = 50; // of 100 spins look again though nothing has changed
    private static final int SPURIOUS = 500; // one sleep in so many looks ends for no reason

    private final Memory memory = new Memory();
    private final SimulatedArena arena = new SimulatedArena();
    private Disk disk;
    private SplittableRandom dice;
    private Schedule schedule;
    private Chance chance;
    private Spectator spectator;
    private Trace trace;
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private final List<SimulatedProcess> candidates = new ArrayList<>();

    private SimulatedProcess running;
    private Violation violation;
    private long operations;
    private long clock;
    private long effects;
    private boolean doomed;
    private int slice;
    private boolean fair;
    private long kills;
    private long stale;
    private long late;
    private long lost;
    private int idle;
    private long idleStores;
    private int names;

    /// The thread that a machine runs on: what is called from within finds its machine by it.
    private static final class Carrier extends Thread {
        private final Machine machine;

        Carrier(Machine machine, Runnable work, String name) {
            super(work, name);
            this.machine = machine;
        }
    }

    /// A thread that does `work` on this machine.
    public Thread thread(String name, Runnable work) {
        return new Carrier(this, work, name);
    }

    /// The machine of the calling thread.
    public static Machine current() {
        return ((Carrier) Thread.currentThread()).machine;
    }

    /// Everything anew; `lines` of the trace are kept, 0 for none.
    public void reset(long seed, Chance newChance, int lines) {
        memory.clear();
        arena.clear();
        processes.clear();
        dice = new SplittableRandom(seed);
        chance = newChance;
        schedule = new Schedule(
                dice.split(),
                Schedule.sorted(dice, chance.kills(), chance.effects()),
                Schedule.sorted(dice, chance.suspensions(), chance.operations()));
        disk = new Disk(this);
        trace = lines == 0 ? null : new Trace(lines);
        spectator = null;
        running = null;
        violation = null;
        operations = 0;
        effects = 0;
        clock = 1_000_000_000L;
        fair = false;
        kills = 0;
        stale = 0;
        late = 0;
        lost = 0;
        idle = 0;
        idleStores = 0;
        names = 0;
    }

    /// Who looks at everything from now on.
    public void watch(Spectator who) {
        spectator = who;
    }

    /// The memory of this machine.
    public Memory memory() {
        return memory;
    }

    /// The files of this machine.
    public Disk disk() {
        return disk;
    }

    /// Shared memory that belongs to no block.
    public MemorySegment allocate(long bytes) {
        MemorySegment words = memory.allocate(bytes);
        memory.track(words, 0, bytes);
        return words;
    }

    SimulatedArena arena() {
        return arena;
    }

    Chance chance() {
        return chance;
    }

    /// Chance itself.
    public SplittableRandom dice() {
        return dice;
    }

    /// Memory operations and calls to the kernel so far.
    public long operations() {
        return operations;
    }

    /// Processes killed so far.
    public long kills() {
        return kills;
    }

    /// Loads so far that read another message than the newest.
    public long staleLoads() {
        return stale;
    }

    /// Stores so far that waited in a buffer.
    public long lateStores() {
        return late;
    }

    /// Processes so far that were killed with stores in their buffer that were lost.
    public long losses() {
        return lost;
    }

    /// The last lines of the trace.
    public List<String> trace() {
        return trace == null ? List.of() : trace.lines();
    }

    /// CLOCK_MONOTONIC.
    public long nanos() {
        return clock;
    }

    /// Whether chance is over: nobody is killed any more, and what was stored is seen.
    public boolean fair() {
        return fair;
    }

    /// A new process, which does `program`.
    public SimulatedProcess start(String role, Runnable program) {
        Core core = new Core(memory, dice);
        SimulatedProcess process = new SimulatedProcess(role + "." + ++names, names, core, program);
        processes.add(process);
        if (running != null) {
            settle(running);
            running.core.fullFence();
        }
        core.fullFence(); // its parent's fork is one
        if (trace != null) note("start", process.name());
        return process;
    }

    /// The process that runs; null outside [#run].
    public SimulatedProcess running() {
        return running;
    }

    /// Runs every process to its end: under all chances for `unfair` operations, then fairly for at
    /// most `most`.
    ///
    /// @throws Violation what was broken
    public void run(long unfair, long most) {
        while (true) {
            if (operations >= unfair && !fair) becomeFair();
            if (operations >= unfair + most) throw stuck("no end in sight");
            SimulatedProcess next = pick();
            if (next == null) return;
            dispatch(next);
        }
    }

    private void becomeFair() {
        fair = true;
        processes.forEach(this::settle);
    }

    private Violation stuck(String how) {
        return new Violation("somebody waits for ever: " + how + ": "
                + processes.stream().filter(p -> !p.over()).toList());
    }

    private void dispatch(SimulatedProcess process) {
        process.state = SimulatedProcess.State.READY;
        long suspension = fair ? Long.MAX_VALUE : Math.max(operations + 1, schedule.nextSuspension());
        slice = (int) Math.min(schedule.burst(), suspension - operations);
        doomed = false;
        running = process;
        Throwable failure = process.resume();
        process.fresh = false;
        running = null;
        if (violation != null) throw violation;
        if (failure != null) throw failed(process, failure);
        if (process.ended()) end(process);
        else if (doomed) kill(process);
        else if (!fair) suspend(process);
    }

    private static Violation failed(SimulatedProcess process, Throwable failure) {
        Violation violation = new Violation("a process failed: " + process.name() + ": " + failure);
        violation.initCause(failure);
        return violation;
    }

    private void end(SimulatedProcess process) {
        settle(process);
        process.core.fullFence();
        process.state = SimulatedProcess.State.GONE;
        List.copyOf(process.files).forEach(SimulatedFile::close);
        if (trace != null) note("end", process.name());
    }

    private void suspend(SimulatedProcess process) {
        int time = schedule.suspends(operations);
        if (time == 0) return;
        process.suspendedUntil = operations + time;
        if (trace != null) note("suspend", process.name() + " until " + process.suspendedUntil);
    }

    /// What waits in its buffer is lost, but for what gets out first.
    private void kill(SimulatedProcess process) {
        trickle(process);
        if (!process.core.buffer.isEmpty()) lost++;
        process.core.buffer.clear();
        process.core.fullFence(); // the kernel leaves it for good
        process.state = SimulatedProcess.State.DYING;
        process.suspendedUntil = operations + (dice.nextBoolean() ? 0 : dice.nextInt(DYING));
        kills++;
        if (trace != null) note("KILL", process.name());
        if (spectator != null) spectator.killed(process);
    }

    /// The next to run; null when all are gone.
    private SimulatedProcess pick() {
        while (true) {
            bury(false);
            for (SimulatedProcess process : processes) trickle(process);
            collect();
            if (!candidates.isEmpty()) return fair ? schedule.fair(candidates) : schedule.any(candidates);
            if (processes.isEmpty()) return null;
            SimulatedProcess late = late();
            if (late != null) return late;
        }
    }

    private void bury(boolean all) {
        for (int index = processes.size() - 1; index >= 0; index--) {
            SimulatedProcess process = processes.get(index);
            if (process.state == SimulatedProcess.State.DYING && (all || process.suspendedUntil <= operations)) {
                List.copyOf(process.files).forEach(SimulatedFile::close);
                process.state = SimulatedProcess.State.GONE;
                if (trace != null) note("freed", process.name());
            }
            if (process.state == SimulatedProcess.State.GONE) processes.remove(index);
        }
    }

    private void collect() {
        candidates.clear();
        for (SimulatedProcess process : processes) {
            if (process.state == SimulatedProcess.State.ASLEEP && wakes(process)) wake(process);
            boolean runs = process.state == SimulatedProcess.State.READY
                    || process.state == SimulatedProcess.State.RELAXED && process.relaxedAt != memory.stores();
            if (runs && (process.suspendedUntil <= operations || fair)) candidates.add(process);
        }
    }

    private boolean wakes(SimulatedProcess process) {
        return process.wakeAt <= clock || dice.nextInt(SPURIOUS) == 0 && process.wakeAt != Long.MAX_VALUE;
    }

    private void wake(SimulatedProcess process) {
        process.state = SimulatedProcess.State.READY;
        process.bell = SimulatedProcess.NO_BELL;
    }

    /// Nobody can run: lets stores arrive that wait, ends a suspension, lets one look again that
    /// waits for memory to change (what it waits for may be there and not yet seen), or lets time
    /// pass.
    private SimulatedProcess late() {
        boolean relaxed = false;
        for (SimulatedProcess process : processes) {
            if (!process.core.buffer.isEmpty()) {
                settle(process);
                return null;
            }
            if (process.suspendedUntil > operations && !process.over()) {
                process.suspendedUntil = 0;
                return null;
            }
            if (process.state != SimulatedProcess.State.RELAXED) continue;
            relaxed = true;
            if (process.tries++ > 0) continue;
            process.fresh = true;
            return process;
        }
        long next = Long.MAX_VALUE;
        boolean dying = false;
        for (SimulatedProcess process : processes) {
            process.tries = 0;
            if (process.state == SimulatedProcess.State.ASLEEP) next = Math.min(next, process.wakeAt);
            dying |= process.state == SimulatedProcess.State.DYING;
        }
        if (dying) bury(true);
        else if (relaxed) clock = Math.min(next, clock + IDLE_NANOS);
        else if (next == Long.MAX_VALUE) throw stuck("all sleep and nobody rings");
        else clock = next;
        if (idleStores != memory.stores()) idle = 0;
        idleStores = memory.stores();
        if (++idle > MOST_IDLE) throw stuck("nothing changes any more");
        return null;
    }

    // What the running process does.

    /// Takes a turn before a load or a fence.
    private void turn() {
        operations++;
        clock += dice.nextInt(chance.nanos());
        trickle(running);
        if (--slice <= 0) Continuation.yield(SimulatedProcess.SCOPE);
    }

    /// Takes a turn before something that others can see.
    private void turnBeforeEffect() {
        turn();
        if (fair || !schedule.kills(++effects)) return;
        doomed = true;
        Continuation.yield(SimulatedProcess.SCOPE);
    }

    void call(String name, Supplier<String> what) {
        if (running == null) return;
        turnBeforeEffect();
        settle(running); // the kernel's entry
        if (trace != null) note(name, what.get());
    }

    /// Sleeps for `nanos`.
    void sleep(long nanos) {
        if (running == null) {
            clock += nanos;
            return;
        }
        if (trace != null) note("sleep", nanos + " ns");
        sleepUntil(clock + Math.max(0, nanos), SimulatedProcess.NO_BELL);
    }

    void sleepUntil(long time, long bell) {
        settle(running);
        running.wakeAt = time;
        running.bell = bell;
        running.state = SimulatedProcess.State.ASLEEP;
        Continuation.yield(SimulatedProcess.SCOPE);
    }

    void ring(long bell) {
        for (SimulatedProcess process : processes) {
            if (process.state == SimulatedProcess.State.ASLEEP && process.bell == bell) wake(process);
        }
    }

    /// Waits for memory to change, or looks again at once.
    void relax() {
        if (running == null) return;
        if (!fair && dice.nextInt(100) < IMPATIENT) {
            turn();
            return;
        }
        running.fresh = false;
        if (running.relaxedAt != memory.stores()) running.tries = 0;
        running.relaxedAt = memory.stores();
        running.state = SimulatedProcess.State.RELAXED;
        Continuation.yield(SimulatedProcess.SCOPE);
    }

    /// Loads the word at `offset` of `segment`.
    public long load(MemorySegment segment, long offset, int bytes, Order order) {
        int place = memory.place(segment, offset, bytes);
        if (running == null || !memory.tracked(place)) return memory.first(place, bytes);
        turn();
        StoreBuffer.Held own = running.core.buffer.last(place);
        if (own != null) {
            if (trace != null) note(order, place, own.value, " (own)");
            return own.value;
        }
        Location location = memory.known(place, bytes);
        if (location == null) {
            if (trace != null) note(order, place, memory.first(place, bytes), "");
            return memory.first(place, bytes);
        }
        int message = running.core.choose(location, running.fresh || fair ? FAIR_STALE : chance.stale());
        if (message != location.newest()) stale++;
        long value = running.core.load(location, message, order);
        if (trace != null) note(order, place, value, behind(location, message));
        return value;
    }

    private static String behind(Location location, int message) {
        return message == location.newest() ? "" : " (" + (location.newest() - message) + " behind)";
    }

    /// Stores the word at `offset` of `segment`.
    public void store(MemorySegment segment, long offset, int bytes, long value, Order order) {
        int place = writable(segment, offset, bytes);
        if (running == null || !memory.tracked(place)) {
            memory.storeFirst(place, bytes, value);
            return;
        }
        turnBeforeEffect();
        Core core = running.core;
        if (!waits(core)) {
            if (trace != null) note(order, place, value, " stored");
            long before = memory.newest(place, bytes);
            core.store(memory.location(place, bytes), value, order);
            tell(place, before, value);
            return;
        }
        if (trace != null) note(order, place, value, " waits");
        core.hold(place, bytes, value, order);
        if (core.buffer.isFull()) perform(running, core.buffer.any(dice));
        trickle(running);
    }

    /// Whether the next store of a thread waits: where one does, those behind it can't tell.
    private boolean waits(Core core) {
        if (fair || chance.held() == 0) return false;
        return !core.buffer.isEmpty() || dice.nextInt(100) < chance.held();
    }

    /// Lets some of what a process has stored reach memory, or none.
    private void trickle(SimulatedProcess process) {
        while (!process.core.buffer.isEmpty() && dice.nextInt(100) >= chance.held()) {
            perform(process, process.core.buffer.any(dice));
        }
    }

    /// Lets all of it reach memory, as a full fence does.
    private void settle(SimulatedProcess process) {
        while (!process.core.buffer.isEmpty()) perform(process, process.core.buffer.any(dice));
    }

    private void perform(SimulatedProcess process, StoreBuffer.Held store) {
        SimulatedProcess before = running;
        running = process; // whoever looks on is told who stores
        try {
            if (trace != null) note("arrives", Atlas.name(this, store.place) + " = " + store.value);
            long old = memory.newest(store.place, store.bytes);
            process.core.perform(store, memory.location(store.place, store.bytes));
            late++;
            tell(store.place, old, store.value);
        } finally {
            running = before;
        }
    }

    private int writable(MemorySegment segment, long offset, int bytes) {
        if (segment.isReadOnly()) throw new Violation("a store through a read-only mapping: offset=" + offset);
        return memory.place(segment, offset, bytes);
    }

    private void tell(int place, long before, long value) {
        if (spectator == null) return;
        try {
            spectator.stored(place, before, value);
        } catch (Violation broken) {
            if (violation == null) violation = broken; // what the engine does on the way out may break more
            throw broken;
        }
    }

    /// A promise was broken: ends the run, whatever the process that found it does on its way out.
    public Violation broken(String what) {
        Violation found = new Violation(what);
        if (violation == null) violation = found;
        return found;
    }

    /// Replaces the word, or adds to it; returns what it was.
    public long update(MemorySegment segment, long offset, int bytes, long value, boolean adds) {
        int place = writable(segment, offset, bytes);
        if (running == null || !memory.tracked(place)) {
            long before = memory.first(place, bytes);
            memory.storeFirst(place, bytes, adds ? before + value : value);
            return before;
        }
        turnBeforeEffect();
        settle(running);
        long before = running.core.update(memory.location(place, bytes), value, adds);
        long after = adds ? before + value : value;
        if (trace != null) note(adds ? "add" : "exchange", Atlas.name(this, place) + " " + before + " -> " + after);
        tell(place, before, after);
        return before;
    }

    /// Replaces the word if it is `expected`; one that fails is a load of the newest message and no
    /// fence.
    public boolean replace(MemorySegment segment, long offset, long expected, long value) {
        int place = writable(segment, offset, Long.BYTES);
        if (running == null || !memory.tracked(place)) {
            if (memory.first(place, Long.BYTES) != expected) return false;
            memory.storeFirst(place, Long.BYTES, value);
            return true;
        }
        turnBeforeEffect();
        settle(running);
        Location location = memory.location(place, Long.BYTES);
        boolean equal = location.value(location.newest()) == expected;
        if (equal) running.core.update(location, value, false);
        else running.core.load(location, location.newest(), Order.ACQUIRE);
        if (trace != null) note("replace", Atlas.name(this, place) + " " + expected + " -> " + value + ": " + equal);
        if (equal) tell(place, expected, value);
        return equal;
    }

    /// A fence of the running process.
    public void fence(Fence fence) {
        if (running == null) return;
        turn();
        if (trace != null) note("fence", fence.name());
        switch (fence) {
            case ACQUIRE -> running.core.acquireFence();
            case STORE -> running.core.storeFence();
            case FULL -> {
                settle(running);
                running.core.fullFence();
            }
        }
    }

    /// A full fence on every thread, between two of the caller.
    void barrier() {
        if (running == null) return;
        call("barrier", () -> "");
        running.core.fullFence();
        for (SimulatedProcess process : processes) {
            if (process.over()) continue;
            settle(process);
            process.core.fullFence();
        }
        running.core.fullFence();
    }

    /// Whether the byte at `offset` of `segment` is shared memory, not a process's own.
    public boolean shared(MemorySegment segment, long offset) {
        return memory.place(segment, offset, 1) >= 0;
    }

    /// The 64-bit word at `offset` of `segment` as the running process has stored it, or as it is.
    public long own(MemorySegment segment, long offset) {
        int place = memory.place(segment, offset, Long.BYTES);
        StoreBuffer.Held own = running == null ? null : running.core.buffer.last(place);
        return own == null ? memory.newest(place, Long.BYTES) : own.value;
    }

    /// Where a file's memory begins.
    public int place(MemorySegment file) {
        return memory.place(file, 0, 1);
    }

    private void note(Order order, int place, long value, String how) {
        note(order.name().toLowerCase(java.util.Locale.ROOT), Atlas.name(this, place) + " = " + value + how);
    }

    private void note(String what, String how) {
        trace.add(operations, running == null ? "-" : running.name(), what, how);
    }

    /// A line of the trace.
    public void remark(Supplier<String> what) {
        if (trace != null) note("--", what.get());
    }
}
