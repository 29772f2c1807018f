package org.datahub.itests.simulation.machine;

import java.util.SplittableRandom;

/// What one thread has seen of memory, and what it lets others see.
///
/// A load may read any message that is not older than the thread's view, so a store takes as long
/// as chance wants until another thread sees it. A release store carries its thread's view; who
/// acquires it joins that view. What other loads have read is `pending` until an acquire fence. A
/// store that does not release carries what the thread's last fence saw: all of its view after a
/// full fence, its own stores after a store fence. A store may wait in the [StoreBuffer] before it
/// is a message at all. Loads are never later than they stand in the program (no load buffering).
final class Core {
    private final Memory memory;
    private final SplittableRandom dice;
    private final View seen = new View();
    private final View pending = new View();
    private final View written = new View();
    private View carried = View.NOTHING;
    final StoreBuffer buffer = new StoreBuffer();

    Core(Memory memory, SplittableRandom dice) {
        this.memory = memory;
        this.dice = dice;
    }

    /// Which message a load would read: the newest, or with a chance of `stale` in 100 any that may
    /// be read.
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

    /// Stores at once; nothing waits in the buffer.
    void store(Location location, long value, Order order) {
        append(location, value, order == Order.RELEASE ? null : carried);
    }

    /// Stores later: what it tells is what this thread has seen by now.
    void hold(int place, int bytes, long value, Order order) {
        boolean release = order == Order.RELEASE;
        buffer.add(place, bytes, value, release, release ? seen.copy(memory.locations()) : carried);
    }

    /// What waited reaches memory.
    void perform(StoreBuffer.Held store, Location location) {
        int message = append(location, store.value, store.told());
        if (store.release) store.told().raise(location.index, message);
        if (!buffer.gone(store, location.index, message, memory.locations())) return;
        carried = carried.copy(memory.locations());
        carried.raise(location.index, message);
    }

    private int append(Location location, long value, View told) {
        int message = location.newest() + 1;
        seen.raise(location.index, message);
        written.raise(location.index, message);
        location.store(value, told == null ? seen.copy(memory.locations()) : told);
        memory.stored();
        return message;
    }

    /// Reads the newest message and stores the next one, with nothing between; a full fence on both
    /// sides.
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
        buffer.fence();
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
