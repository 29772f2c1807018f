package org.datahub.posix;

import java.util.Arrays;

/// Where this process has files mapped by [Libc#mmap]. What lies there may be another user's, who can take it away:
/// C code that meets that dies, Java code gets an error.
final class Mappings {
    private static volatile long[] ranges = {}; // the beginning and the end of each, in no order

    private Mappings() {}

    static synchronized void add(long address, long bytes) {
        long[] more = Arrays.copyOf(ranges, ranges.length + 2);
        more[ranges.length] = address;
        more[ranges.length + 1] = address + bytes;
        ranges = more;
    }

    /// The mapping that begins there is about to go.
    static synchronized void remove(long address) {
        long[] fewer = Arrays.copyOf(ranges, ranges.length - 2);
        for (int i = 0; i < fewer.length; i += 2) {
            if (ranges[i] != address) continue;
            fewer[i] = ranges[fewer.length];
            fewer[i + 1] = ranges[fewer.length + 1];
        }
        ranges = fewer;
    }

    /// Whether a mapping holds any of these bytes. Allocates nothing.
    static boolean hold(long address, long bytes) {
        long[] now = ranges;
        for (int i = 0; i < now.length; i += 2) {
            if (address < now[i + 1] && address + bytes > now[i]) return true;
        }
        return false;
    }
}
