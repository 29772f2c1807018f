package org.datahub.engine;

import org.datahub.api.layout.SlotHeader;

/// A producer that cuts over to another generation, and what those who meet it look at.
final class Cut {
    final Meeting meeting = new Meeting();
    final Bench.Place place;
    final long turn;
    final StreamWriter writer;
    final Generation second;
    final Succession succession;

    /// On a new place, of which so many slots are written.
    Cut(Bench bench, int written) {
        place = bench.take();
        turn = place.turn();
        writer = place.writer();
        second = place.second();
        succession = place.succession();
        Bench.write(writer, written);
    }

    /// Whether the present generation has an end by now.
    boolean seen() {
        return succession.boundary() != Succession.NEVER;
    }

    /// Cuts, and writes more than the next generation holds.
    void producer(int writes) {
        meeting.join();
        writer.cutTo(second);
        for (int i = 0; i < writes; i++) Bench.write(writer);
    }

    /// Whether the first slot behind the cut, n, is overwritten within so many looks.
    boolean overruns(long n, int looks) {
        for (int look = 0; look < looks; look++) {
            if (SlotHeader.stamp(second.data(), second.geometry().cellOf(n)) > n + 1) return true;
        }
        return false;
    }
}
