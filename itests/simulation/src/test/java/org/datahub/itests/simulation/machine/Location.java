package org.datahub.itests.simulation.machine;

import java.util.Arrays;

/// All messages that were ever stored to one word, in the order of their stores: message 0 is what
/// stood there before.
final class Location {
    final int index;
    final int bytes;
    private long[] values = new long[8];
    private View[] carried = new View[8];
    private int newest;

    Location(int index, int bytes, long before) {
        this.index = index;
        this.bytes = bytes;
        values[0] = before;
        carried[0] = View.NOTHING;
    }

    int newest() {
        return newest;
    }

    long value(int message) {
        return values[message];
    }

    /// What a message tells whoever acquires it.
    View carried(int message) {
        return carried[message];
    }

    void store(long value, View with) {
        if (++newest == values.length) {
            values = Arrays.copyOf(values, 2 * newest);
            carried = Arrays.copyOf(carried, 2 * newest);
        }
        values[newest] = value;
        carried[newest] = with;
    }
}
