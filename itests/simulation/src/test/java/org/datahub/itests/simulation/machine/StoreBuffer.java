package org.datahub.itests.simulation.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What a thread has stored and nobody else can see yet. It reaches memory one store at a time, in
/// any order that the access modes leave open: stores to one word in their order, a release store
/// after all that stand before it, and what stands behind a store fence after what stands before
/// it. What is in here when its process is killed may be lost.
final class StoreBuffer {
    /// As many as wait at most; then one has to go.
    static final int MOST = 12;

    /// One store that waits.
    static final class Held {
        final int place;
        final int bytes;
        final long value;
        final boolean release;
        private final int fence;
        private View told;

        private Held(int place, int bytes, long value, boolean release, int fence, View told) {
            this.place = place;
            this.bytes = bytes;
            this.value = value;
            this.release = release;
            this.fence = fence;
            this.told = told;
        }

        /// What it tells whoever acquires it.
        View told() {
            return told;
        }
    }

    private final List<Held> held = new ArrayList<>();
    private int fences;

    boolean isEmpty() {
        return held.isEmpty();
    }

    boolean isFull() {
        return held.size() >= MOST;
    }

    /// A store that waits from now on; `told` is what it tells by what its thread has seen so far.
    void add(int place, int bytes, long value, boolean release, View told) {
        held.add(new Held(place, bytes, value, release, fences, told));
    }

    /// What stands before comes before what stands behind.
    void fence() {
        fences++;
    }

    /// The last store to a word: what its own thread loads there; null if none waits.
    Held last(int place) {
        for (int index = held.size() - 1; index >= 0; index--) {
            if (held.get(index).place == place) return held.get(index);
        }
        return null;
    }

    /// One that may go next.
    Held any(SplittableRandom dice) {
        int chosen = dice.nextInt(held.size());
        while (!free(chosen)) chosen--;
        return held.get(chosen);
    }

    /// The first may always go.
    private boolean free(int index) {
        Held store = held.get(index);
        if (store.release) return index == 0;
        for (int before = 0; before < index; before++) {
            Held other = held.get(before);
            if (other.place == store.place || other.fence < store.fence) return false;
        }
        return true;
    }

    /// It is memory's now, as `message` of its word: what must come after it tells of it. Whether a
    /// fence stands behind it.
    boolean gone(Held store, int location, int message, int locations) {
        int index = held.indexOf(store);
        held.remove(index);
        for (; index < held.size(); index++) {
            Held later = held.get(index);
            if (!later.release && later.fence == store.fence) continue;
            later.told = later.told.copy(locations);
            later.told.raise(location, message);
        }
        return store.fence < fences;
    }

    /// All of it is lost.
    void clear() {
        held.clear();
    }
}
