package org.datahub.itests.simulation.machine;

import java.util.SplittableRandom;

/// What one thread has seen of memory, and what it lets others see.
///
/// A load may read any message that is not older than the thread's view, so a store takes as long as chance wants until
/// another thread sees it. A release store carries its thread's view; who acquires it joins that view. What other loads
/// have read is `pending` until an acquire fence. A store that does not release carries what the thread's last fence
/// saw:
/// all of its view after a full fence, its own stores after a store fence. Loads are never later than they stand in the
/// program (no load buffering), and the stores to one word are ordered as they were done.
final class Core {
    private final Memory memory;
    private final SplittableRandom dice;
    private final View seen = new View();
    private final View pending = new View();
    private final View written = new View();
    private View carried = View.NOTHING;

    Core(Memory memory, SplittableRandom dice) {
        this.memory = memory;
        this.dice = dice;
    }

    /// Which message a load would read: the newest, or with a chance of `stale` in 100 any that may be read.
    int choose(Location location, int stale) {
        int newest = location.newest();
        int oldest = seen.of(location.index);
        if (oldest == newest || dice.nextInt(100) >= stale) return newest;
        return dice.nextInt(oldest, newest + 1);
    }

    /// Reads a message.
    long load(Location location, int message, Order order) {
        View told = location.carried(message);
        if (order == Order.PLAIN) {
            pending.raise(location.index, message);
            pending.join(told);
            return location.value(message);
        }
        seen.raise(location.index, message);
        if (order == Order.ACQUIRE) seen.join(told);
        else pending.join(told);
        return location.value(message);
    }

    void store(Location location, long value, Order order) {
        int message = location.newest() + 1;
        seen.raise(location.index, message);
        written.raise(location.index, message);
        location.store(value, order == Order.RELEASE ? seen.copy(memory.locations()) : carried);
        memory.stored();
    }

    /// Reads the newest message and stores the next one, with nothing between; a full fence on both sides.
    long update(Location location, long added, boolean adds) {
        fullFence();
        long before = load(location, location.newest(), Order.ACQUIRE);
        store(location, adds ? before + added : added, Order.RELEASE);
        fullFence();
        return before;
    }

    void acquireFence() {
        seen.join(pending);
    }

    void storeFence() {
        View next = carried.copy(memory.locations());
        next.join(written);
        carried = next;
    }

    void fullFence() {
        seen.join(pending);
        seen.join(memory.fenced());
        memory.fenced().join(seen);
        carried = seen.copy(memory.locations());
    }

    /// What the kernel tells the next one that meets this thread at the same lock.
    void tell(View lock) {
        lock.join(seen);
    }

    /// What the kernel tells this thread of one that met the lock before.
    void hear(View lock) {
        seen.join(lock);
    }
}
