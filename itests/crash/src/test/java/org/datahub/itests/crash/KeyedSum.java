package org.datahub.itests.crash;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityProvider;

/// An algorithm with a key, as far as deaths can tell: its tag is a sum that depends on the epoch. It
/// stands in for the real ones, whose arithmetic costs these many processes time and shows nothing.
public final class KeyedSum implements IntegrityProvider {
    static final String NAME = "hmac-sha256";

    /// For `ServiceLoader`.
    public KeyedSum() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int id() {
        return 2;
    }

    @Override
    public int tagBytes() {
        return Long.BYTES;
    }

    @Override
    public long keyId() {
        return 4711;
    }

    @Override
    public Sealer sealer(long blockIdHigh, long blockIdLow, long keyEpoch, long keyId) {
        return keyId == keyId() ? new Summer(blockIdHigh ^ blockIdLow ^ keyEpoch * 0x9e37_79b9_7f4a_7c15L) : null;
    }

    private record Summer(long key) implements Sealer {
        @Override
        public void seal(
                byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
            tags.set(
                    ValueLayout.JAVA_LONG_UNALIGNED,
                    tag,
                    sum(prefix, segment, payload, length)); // no store site of the product
        }

        @Override
        public boolean verify(
                byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
            return Words.plain(tags, tag) == sum(prefix, segment, payload, length);
        }

        private long sum(byte[] prefix, MemorySegment segment, long payload, long length) {
            byte[] bytes = new byte[(int) length];
            Words.copy(segment, payload, bytes, 0, bytes.length);
            long sum = key;
            for (byte each : prefix) sum = sum * 31 + each;
            for (byte each : bytes) sum = sum * 31 + each;
            return sum;
        }
    }
}
