package org.datahub.itests.simulation.machine;

import java.util.Arrays;

/// For each location, the number of a message: whoever has this view reads none that is older.
///
/// Views are what the operational models of release and acquire are made of: "A Promising Semantics
/// for Relaxed-Memory Concurrency" (Kang, Hur, Lahav, Vafeiadis, Dreyer, POPL 2017), whose thread
/// views are taken here without the promises.
final class View {
    /// The view that has seen nothing; never changed.
    static final View NOTHING = new View(new int[0]);

    private int[] seen;

    View() {
        this(new int[64]);
    }

    private View(int[] seen) {
        this.seen = seen;
    }

    int of(int location) {
        return location < seen.length ? seen[location] : 0;
    }

    void raise(int location, int message) {
        if (location >= seen.length) seen = Arrays.copyOf(seen, Math.max(location + 1, 2 * seen.length));
        if (message > seen[location]) seen[location] = message;
    }

    void join(View other) {
        int[] theirs = other.seen;
        if (theirs.length > seen.length) seen = Arrays.copyOf(seen, theirs.length);
        int[] ours = seen;
        for (int location = 0; location < theirs.length; location++) {
            ours[location] = Math.max(ours[location], theirs[location]);
        }
    }

    /// This view as of now, of the first `locations` locations: there are no more.
    View copy(int locations) {
        return new View(Arrays.copyOf(seen, Math.min(locations, seen.length)));
    }
}
