package org.datahub.integrity.crc32c;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityName;
import org.datahub.api.spi.IntegrityProvider;
import org.osgi.service.component.annotations.Component;

/// CRC32C (Castagnoli, RFC 3720 appendix B.4) over prefix and payload; the tag is its 4 bytes,
/// little-endian.
///
/// The payload goes through a small array: the JVM's own CRC code dies when a mapped page is gone,
/// a copy throws.
@Component
@IntegrityName("crc32c")
public final class Crc32cIntegrity implements IntegrityProvider {
    private static final int CHUNK = 8192;

    /// No state: one for everybody.
    public Crc32cIntegrity() {}

    @Override
    public String name() {
        return "crc32c";
    }

    @Override
    public int id() {
        return 1;
    }

    @Override
    public int tagBytes() {
        return Integer.BYTES;
    }

    @Override
    public Sealer sealer(long blockIdHigh, long blockIdLow, long keyEpoch, long keyId) {
        return new Worker(); // there is no key; block id and epoch stand in the prefix
    }

    private static final class Worker implements Sealer {
        private final CRC32C crc = new CRC32C();
        private final byte[] chunk = new byte[CHUNK];

        @Override
        public void seal(
                byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
            Words.plainInt(tags, tag, compute(prefix, segment, payload, length));
        }

        @Override
        public boolean verify(
                byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
            return Words.plainInt(tags, tag) == compute(prefix, segment, payload, length);
        }

        private int compute(byte[] prefix, MemorySegment segment, long payload, long length) {
            crc.reset();
            System.arraycopy(prefix, 0, chunk, 0, prefix.length);
            int filled = prefix.length; // a small record is one update
            long done = 0;
            do {
                int bytes = (int) Math.min(CHUNK - filled, length - done);
                Words.copy(segment, payload + done, chunk, filled, bytes);
                crc.update(chunk, 0, filled + bytes);
                done += bytes;
                filled = 0;
            } while (done < length);
            return (int) crc.getValue();
        }
    }
}
