package org.datahub.api.keys;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityProvider;
import org.osgi.annotation.versioning.ConsumerType;

/// A provider of integrity whose tags need a secret: what is alike in all of them.
///
/// Each block and epoch has a key of its own, derived from the secret that the epoch names: consumers
/// who hold the old and the new secret follow a producer that changes it; new epochs take the newest.
/// The payload goes through a small array: no function of a library sees
/// mapped memory. Tags are compared in constant time.
@ConsumerType
public abstract class KeyedIntegrity implements IntegrityProvider {
    private static final int CHUNK = 8192;

    private final KeyRing ring;

    /// With these secrets.
    protected KeyedIntegrity(KeyRing ring) {
        this.ring = ring;
    }

    /// The function under this key.
    protected abstract TagFunction function(byte[] key);

    @Override
    public final int tagBytes() {
        return TagFunction.TAG_BYTES;
    }

    @Override
    public final long keyId() {
        return ring.newest();
    }

    @Override
    public final Sealer sealer(long blockIdHigh, long blockIdLow, long keyEpoch, long keyId) {
        if (!ring.holds(keyId)) return null;
        return new Worker(function(ring.derive(name(), blockIdHigh, blockIdLow, keyEpoch, keyId)));
    }

    private static final class Worker implements Sealer {
        private final TagFunction function;
        private final byte[] chunk = new byte[CHUNK];
        private final byte[] computed = new byte[TagFunction.TAG_BYTES];
        private final byte[] found = new byte[TagFunction.TAG_BYTES];

        Worker(TagFunction function) {
            this.function = function;
        }

        @Override
        public void seal(
                byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
            compute(prefix, segment, payload, length);
            Words.copy(computed, 0, tags, tag, computed.length);
        }

        @Override
        public boolean verify(
                byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
            compute(prefix, segment, payload, length);
            Words.copy(tags, tag, found, 0, found.length);
            return MessageDigest.isEqual(computed, found);
        }

        private void compute(byte[] prefix, MemorySegment segment, long payload, long length) {
            System.arraycopy(prefix, 0, chunk, 0, prefix.length);
            int filled = prefix.length; // a small record is one update
            long done = 0;
            do {
                int bytes = (int) Math.min(CHUNK - filled, length - done);
                Words.copy(segment, payload + done, chunk, filled, bytes);
                function.update(chunk, 0, filled + bytes);
                done += bytes;
                filled = 0;
            } while (done < length);
            function.finish(computed);
        }
    }
}
