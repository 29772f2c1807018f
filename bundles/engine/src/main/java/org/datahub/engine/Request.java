package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.Words;

/// What somebody asks a producer for, as it stood in `control` at one moment. Nothing in it is
/// believed: who carries it out checks it.
///
/// @param number names it; the answer bears the same
/// @param kind what is asked for
/// @param row whom it is about
/// @param join which join of that row
record Request(long number, long kind, int row, long join) {
    private static final long ROW = ControlLayout.REQUEST_VALUES;
    private static final long JOIN = ROW + Long.BYTES;

    /// Writes a request for who holds lock byte 1. Its words are marked as the new request's before
    /// the first changes, so that nobody takes them for the old one's; its number makes it valid.
    static long store(MemorySegment control, long kind, int row, long join) {
        long number = Words.acquire(control, ControlLayout.REQUEST_NUMBER) + 1;
        if (number == 0) number = 1;
        Words.opaque(control, ControlLayout.REQUEST_FOR, number);
        Words.storeFence();
        Words.plain(control, ControlLayout.REQUEST_KIND, kind);
        Words.plain(control, ROW, row);
        Words.plain(control, JOIN, join);
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
        long row = Words.plain(control, ROW);
        long join = Words.plain(control, JOIN);
        Words.acquireFence();
        if (!stands(control, number)) return null;
        return new Request(number, kind, row < 0 || row > Integer.MAX_VALUE ? -1 : (int) row, join);
    }

    private static boolean stands(MemorySegment control, long number) {
        return Words.opaque(control, ControlLayout.REQUEST_FOR) == number;
    }
}
