package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.Words;

/// Payloads that follow from the slot number: a torn, old or foreign one is told from the right
/// one.
final class Pattern {
    private Pattern() {}

    static long word(long n, long index) {
        return (n + 1) * 0x9E3779B97F4A7C15L + index * 0xC2B2AE3D27D4EB4FL;
    }

    /// Writes payload and header of slot n, unsealed.
    static void fill(MemorySegment data, long cell, long n, long bytes) {
        fillPayload(data, cell, n, bytes);
        fillHeader(data, cell, n, bytes);
    }

    static void fillPayload(MemorySegment data, long cell, long n, long bytes) {
        for (long at = 0; at < bytes; at += 8) Words.plain(data, cell + SlotHeader.BYTES + at, word(n, at));
    }

    static void fillHeader(MemorySegment data, long cell, long n, long bytes) {
        SlotHeader.mark(data, cell, 0, n);
        SlotHeader.describe(data, cell, bytes, 0, 0);
    }

    /// Whether header and payload at `header` are slot n's; the stamp is the caller's to look at.
    static boolean isWhole(MemorySegment segment, long header, long n, long bytes) {
        if (SlotHeader.length(SlotHeader.description(segment, header)) != bytes) return false;
        if (SlotHeader.user(segment, header) != n) return false;
        for (long at = 0; at < bytes; at += 8) {
            if (Words.plain(segment, header + SlotHeader.BYTES + at) != word(n, at)) return false;
        }
        return true;
    }
}
