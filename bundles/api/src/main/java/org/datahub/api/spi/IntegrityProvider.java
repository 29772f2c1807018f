package org.datahub.api.spi;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/// An algorithm that seals slots. Safe for use by many threads; each asks for a [Sealer] of its
/// own.
@ConsumerType
public interface IntegrityProvider {
    /// Most bytes of a tag.
    int MOST_TAG_BYTES = 32;

    /// Its name, as `integrity.name` and in targets: `crc32c`, `hmac-sha256`, `blake2b-256`.
    String name();

    /// What slots bear for it, 1 to 255; 0 is `none`.
    int id();

    /// Bytes of its tag, at most [#MOST_TAG_BYTES].
    int tagBytes();

    /// A worker for one handle on the block with this id.
    Sealer sealer(long blockIdHigh, long blockIdLow);

    /// Computes tags, for one thread at a time, without allocation. Nothing of it stays behind when
    /// its provider goes.
    @ConsumerType
    interface Sealer {
        /// Writes the tag of `prefix` followed by `length` payload bytes at `payload`.
        ///
        /// @param prefix the slot's identity and header, in the byte order of docs/protocols.md
        void seal(byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag);

        /// Whether the tag at `tag` is the one that [#seal] would write; takes the same time
        /// wherever they differ.
        boolean verify(byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag);
    }
}
