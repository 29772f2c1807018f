package org.datahub.itests.simulation.scenario;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityProvider;

/// A provider whose loads and stores are seen by the machine, under the name of one that consumers
/// know.
///
/// @param name of an algorithm
/// @param id of it
/// @param keyId 0 for one without keys
record Checksum(String name, int id, long keyId) implements IntegrityProvider {
    static final Checksum PLAIN = new Checksum("crc32c", 1, 0);
    static final Checksum KEYED = new Checksum("hmac-sha256", 2, 4711);

    @Override
    public int tagBytes() {
        return Long.BYTES;
    }

    @Override
    public Sealer sealer(long blockIdHigh, long blockIdLow, long keyEpoch, long keyId) {
        if (this.keyId != 0 && this.keyId != keyId) return null;
        return new Sealer() { // the prefix has the epoch
            @Override
            public void seal(
                    byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
                Words.plain(tags, tag, sum(prefix, segment, payload, length));
            }

            @Override
            public boolean verify(
                    byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
                return Words.plain(tags, tag) == sum(prefix, segment, payload, length);
            }
        };
    }

    private static long sum(byte[] prefix, MemorySegment segment, long payload, long length) {
        long sum = 1;
        for (byte each : prefix) sum = sum * 31 + each;
        for (long at = 0; at < length; at += Long.BYTES) sum = sum * 31 + Words.plain(segment, payload + at);
        return sum;
    }
}
