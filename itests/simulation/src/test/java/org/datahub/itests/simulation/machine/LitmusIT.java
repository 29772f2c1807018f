package org.datahub.itests.simulation.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// The classic litmus tests on the simulated memory: what the model forbids never happens, and what
/// it allows does, or it would find nothing. The names are those of Alglave, Maranget, Tautschnig,
/// "Herding Cats" (TOPLAS 2014).
class LitmusIT {
    private static final int SEEDS = 3000;
    private static final Chance KILLED = new Chance(60, 50, 1, 0, 5, 1, 100, true, false);
    private static final Chance CHANCE = new Chance(60, 50, 0, 2, 1, 20, 100, true, false);

    private MemorySegment memory;
    private Machine machine;
    private long[] seen;

    /// One thread of a test.
    private interface Body {
        void run();
    }

    private long load(int word, Order order) {
        return machine.load(memory, 8L * word, Long.BYTES, order);
    }

    private void store(int word, long value, Order order) {
        machine.store(memory, 8L * word, Long.BYTES, value, order);
    }

    private void fence(Fence fence) {
        machine.fence(fence);
    }

    /// Every outcome of the threads: what they left in `seen`.
    private Set<String> outcomes(int loads, Body... threads) {
        return outcomes(CHANCE, loads, () -> Arrays.toString(seen), threads);
    }

    /// Every content of the first two words when all threads have ended, or were killed.
    private Set<String> contents(Chance chance, Body... threads) {
        return outcomes(
                chance,
                0,
                () -> "[" + machine.memory().newest(memory, 0) + ", "
                        + machine.memory().newest(memory, 8) + "]",
                threads);
    }

    private Set<String> outcomes(Chance chance, int loads, Supplier<String> outcome, Body... threads) {
        Set<String> outcomes = new TreeSet<>();
        machine = new Machine();
        Thread carrier = machine.thread("litmus", () -> {
            for (int seed = 0; seed < SEEDS; seed++) {
                machine.reset(seed, chance, 0);
                memory = machine.allocate(64);
                seen = new long[loads];
                for (Body thread : threads) machine.start("thread", thread::run);
                machine.run(10_000, 10_000);
                outcomes.add(outcome.get());
            }
        });
        carrier.start();
        try {
            carrier.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return outcomes;
    }

    private static void assertOutcomes(Set<String> outcomes, String... expected) {
        assertEquals(new TreeSet<>(Set.of(expected)), outcomes);
    }

    private Set<String> messagePassing(Order store, Order load, Fence between, Fence behind) {
        return outcomes(
                2,
                () -> {
                    store(0, 1, Order.PLAIN);
                    if (between != null) fence(between);
                    store(1, 1, store);
                },
                () -> {
                    seen[0] = load(1, load);
                    if (behind != null) fence(behind);
                    seen[1] = load(0, Order.PLAIN);
                });
    }

    @Test
    void aMessageIsPassedByReleaseAndAcquire() {
        assertOutcomes(messagePassing(Order.RELEASE, Order.ACQUIRE, null, null), "[0, 0]", "[0, 1]", "[1, 1]");
    }

    @Test
    void aMessageIsPassedByFences() {
        assertOutcomes(
                messagePassing(Order.OPAQUE, Order.OPAQUE, Fence.STORE, Fence.ACQUIRE), "[0, 0]", "[0, 1]", "[1, 1]");
        assertOutcomes(
                messagePassing(Order.PLAIN, Order.PLAIN, Fence.STORE, Fence.ACQUIRE), "[0, 0]", "[0, 1]", "[1, 1]");
    }

    @Test
    void aMessageIsNotPassedByLess() {
        String[] all = {"[0, 0]", "[0, 1]", "[1, 0]", "[1, 1]"};
        assertOutcomes(messagePassing(Order.OPAQUE, Order.ACQUIRE, null, null), all);
        assertOutcomes(messagePassing(Order.RELEASE, Order.OPAQUE, null, null), all);
        assertOutcomes(messagePassing(Order.OPAQUE, Order.OPAQUE, Fence.STORE, null), all);
        assertOutcomes(messagePassing(Order.OPAQUE, Order.OPAQUE, null, Fence.ACQUIRE), all);
    }

    private Set<String> storeBuffering(Fence one, Fence other) {
        return outcomes(
                2,
                () -> {
                    store(0, 1, Order.RELEASE);
                    if (one != null) fence(one);
                    seen[0] = load(1, Order.ACQUIRE);
                },
                () -> {
                    store(1, 1, Order.RELEASE);
                    if (other != null) fence(other);
                    seen[1] = load(0, Order.ACQUIRE);
                });
    }

    @Test
    void twoFullFencesForbidStoreBuffering() {
        assertOutcomes(storeBuffering(Fence.FULL, Fence.FULL), "[0, 1]", "[1, 0]", "[1, 1]");
    }

    @Test
    void oneFullFenceOrNoneAllowsStoreBuffering() {
        String[] all = {"[0, 0]", "[0, 1]", "[1, 0]", "[1, 1]"};
        assertOutcomes(storeBuffering(null, null), all);
        assertOutcomes(storeBuffering(Fence.FULL, null), all);
        assertOutcomes(storeBuffering(Fence.FULL, Fence.STORE), all);
        assertOutcomes(storeBuffering(Fence.FULL, Fence.ACQUIRE), all);
    }

    @Test
    void aBarrierOfOneSideForbidsStoreBuffering() {
        assertOutcomes(
                outcomes(
                        2,
                        () -> {
                            store(0, 1, Order.RELEASE);
                            machine.barrier();
                            seen[0] = load(1, Order.ACQUIRE);
                        },
                        () -> {
                            store(1, 1, Order.RELEASE);
                            seen[1] = load(0, Order.OPAQUE);
                        }),
                "[0, 1]",
                "[1, 0]",
                "[1, 1]");
    }

    private Set<String> twoReaders(Order load, Fence between) {
        return outcomes(
                4,
                () -> store(0, 1, Order.RELEASE),
                () -> store(1, 1, Order.RELEASE),
                () -> {
                    seen[0] = load(0, load);
                    if (between != null) fence(between);
                    seen[1] = load(1, load);
                },
                () -> {
                    seen[2] = load(1, load);
                    if (between != null) fence(between);
                    seen[3] = load(0, load);
                });
    }

    @Test
    void readersOfIndependentWritesAgreeOnlyWithFullFences() {
        assertEquals(true, twoReaders(Order.ACQUIRE, null).contains("[1, 0, 1, 0]"));
        assertEquals(false, twoReaders(Order.ACQUIRE, Fence.FULL).contains("[1, 0, 1, 0]"));
    }

    @Test
    void whatWasAcquiredIsReleasedToTheNext() {
        Set<String> outcomes = outcomes(
                3,
                () -> store(0, 1, Order.RELEASE),
                () -> {
                    seen[0] = load(0, Order.ACQUIRE);
                    store(1, 1, Order.RELEASE);
                },
                () -> {
                    seen[1] = load(1, Order.ACQUIRE);
                    seen[2] = load(0, Order.ACQUIRE);
                });
        assertEquals(true, outcomes.contains("[1, 1, 1]"));
        assertEquals(false, outcomes.contains("[1, 1, 0]"));
    }

    private Set<String> twoLoads(Order order) {
        return outcomes(2, () -> store(0, 1, Order.OPAQUE), () -> {
            seen[0] = load(0, order);
            seen[1] = load(0, order);
        });
    }

    @Test
    void loadsOfOneWordGoBackOnlyIfTheyArePlain() {
        assertOutcomes(twoLoads(Order.OPAQUE), "[0, 0]", "[0, 1]", "[1, 1]");
        assertOutcomes(twoLoads(Order.PLAIN), "[0, 0]", "[0, 1]", "[1, 0]", "[1, 1]");
    }

    @Test
    void updatesAreNeverLost() {
        Body add = () -> {
            machine.update(memory, 0, Long.BYTES, 1, true);
            seen[0] = machine.memory().newest(memory, 0);
        };
        Set<String> outcomes = outcomes(1, add, add, add);
        assertOutcomes(outcomes, "[3]");
    }

    @Test
    void aFullFenceOrdersWhatAStoreBehindItTells() {
        // The copy of a lock by hand: what was acquired before the fence is told by the plain store behind it.
        Set<String> outcomes = outcomes(
                3,
                () -> store(0, 1, Order.RELEASE),
                () -> {
                    seen[0] = load(0, Order.ACQUIRE);
                    fence(Fence.FULL);
                    store(1, 1, Order.PLAIN);
                },
                () -> {
                    seen[1] = load(1, Order.ACQUIRE);
                    seen[2] = load(0, Order.PLAIN);
                });
        assertEquals(true, outcomes.contains("[1, 1, 1]"));
        assertEquals(false, outcomes.contains("[1, 1, 0]"));
    }

    @Test
    void aStoreFenceTellsOnlyOwnStores() {
        Set<String> outcomes = outcomes(
                3,
                () -> store(0, 1, Order.RELEASE),
                () -> {
                    seen[0] = load(0, Order.ACQUIRE);
                    fence(Fence.STORE);
                    store(1, 1, Order.PLAIN);
                },
                () -> {
                    seen[1] = load(1, Order.ACQUIRE);
                    seen[2] = load(0, Order.PLAIN);
                });
        assertEquals(true, outcomes.contains("[1, 1, 0]"));
    }

    private Set<String> twoWriters(Order order, Fence between) {
        return contents(
                CHANCE,
                () -> {
                    store(0, 1, order);
                    if (between != null) fence(between);
                    store(1, 2, order);
                    load(2, Order.PLAIN); // a turn in which they may wait still
                },
                () -> {
                    store(1, 1, order);
                    if (between != null) fence(between);
                    store(0, 2, order);
                    load(2, Order.PLAIN); // a turn in which they may wait still
                });
    }

    @Test
    void twoWritersOfTwoWordsMayBothComeFirstUnlessOrdered() {
        String[] ordered = {"[1, 2]", "[2, 1]", "[2, 2]"};
        assertOutcomes(twoWriters(Order.PLAIN, null), "[1, 1]", "[1, 2]", "[2, 1]", "[2, 2]");
        assertOutcomes(twoWriters(Order.OPAQUE, null), "[1, 1]", "[1, 2]", "[2, 1]", "[2, 2]");
        assertOutcomes(twoWriters(Order.RELEASE, null), ordered);
        assertOutcomes(twoWriters(Order.OPAQUE, Fence.STORE), ordered);
        assertOutcomes(twoWriters(Order.OPAQUE, Fence.FULL), ordered);
    }

    @Test
    void aThreadSeesWhatItHasStored() {
        assertOutcomes(
                outcomes(2, () -> {
                    store(0, 1, Order.PLAIN);
                    seen[0] = load(0, Order.PLAIN);
                    store(0, 2, Order.PLAIN);
                    seen[1] = load(0, Order.ACQUIRE);
                }),
                "[1, 2]");
    }

    private Set<String> killed(Order first, Fence between, Order second) {
        return contents(KILLED, () -> {
            store(0, 1, first);
            if (between != null) fence(between);
            store(1, 1, second);
            store(2, 1, Order.PLAIN); // killed before this one, it has done both
        });
    }

    @Test
    void aKilledThreadLosesWhatNobodySawUnlessSomethingBehindItWasSeen() {
        String[] ordered = {"[0, 0]", "[1, 0]", "[1, 1]"};
        assertOutcomes(killed(Order.PLAIN, null, Order.OPAQUE), "[0, 0]", "[0, 1]", "[1, 0]", "[1, 1]");
        assertOutcomes(killed(Order.RELEASE, null, Order.OPAQUE), "[0, 0]", "[0, 1]", "[1, 0]", "[1, 1]");
        assertOutcomes(killed(Order.PLAIN, null, Order.RELEASE), ordered);
        assertOutcomes(killed(Order.PLAIN, Fence.STORE, Order.OPAQUE), ordered);
        assertOutcomes(killed(Order.PLAIN, Fence.FULL, Order.OPAQUE), "[0, 0]", "[1, 0]", "[1, 1]");
    }

    @Test
    void whatAnAtomicUpdateFollowsIsNeverLost() {
        assertOutcomes(
                contents(KILLED, () -> {
                    store(0, 1, Order.PLAIN);
                    machine.update(memory, 8, Long.BYTES, 1, true);
                    store(2, 1, Order.PLAIN);
                }),
                "[0, 0]",
                "[1, 0]",
                "[1, 1]");
    }
}
