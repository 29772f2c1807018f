package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.Words;

/// What somebody asks a producer for, as it stood in `control` at one moment. Nothing in it is
/// believed: who carries it out checks it.
///
/// @param number names it; the answer bears the same
/// @param kind what is asked for
/// @param values its details, by kind
record Request(long number, long kind, long[] values) {
    /// Most words of details.
    static final int MOST_VALUES = 13;

    /// Writes a request for who holds lock byte 1. Its words are marked as the new request's before
    /// the first changes, so that nobody takes them for the old one's; its number makes it valid.
    static long store(MemorySegment control, long kind, long... values) {
        long number = Words.acquire(control, ControlLayout.REQUEST_NUMBER) + 1;
        if (number == 0) number = 1;
        Words.opaque(control, ControlLayout.REQUEST_FOR, number);
        Words.storeFence();
        Words.plain(control, ControlLayout.REQUEST_KIND, kind);
        for (int index = 0; index < values.length; index++) Words.plain(control, at(index), values[index]);
        Words.release(control, ControlLayout.REQUEST_NUMBER, number);
        return number;
    }

    /// Takes it back: who has not begun with it will not.
    static void withdraw(MemorySegment control) {
        Words.opaque(control, ControlLayout.REQUEST_FOR, 0);
    }

    /// A copy of the request; null where no whole one stands.
    static Request load(MemorySegment control) {
        long number = Words.acquire(control, ControlLayout.REQUEST_NUMBER);
        if (number == 0 || !stands(control, number)) return null;
        long kind = Words.plain(control, ControlLayout.REQUEST_KIND);
        long[] values = new long[MOST_VALUES];
        for (int index = 0; index < values.length; index++) values[index] = Words.plain(control, at(index));
        Words.acquireFence();
        if (!stands(control, number)) return null;
        return new Request(number, kind, values);
    }

    private static long at(int index) {
        return ControlLayout.REQUEST_VALUES + index * (long) Long.BYTES;
    }

    /// Whether the words are those of this request.
    static boolean stands(MemorySegment control, long number) {
        return Words.opaque(control, ControlLayout.REQUEST_FOR) == number;
    }
}
