package org.datahub.api.spi;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
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

    /// The same algorithm with these words of the operator, by the keys of its `.cfg`: for programs
    /// without a container. In one, configuration comes from Config Admin. The PID is the name of the
    /// class's package.
    ///
    /// @throws org.datahub.api.DataHubException `DH-6001` when a word can't be used, `DH-7005` when a
    ///     key can't
    default IntegrityProvider configured(Map<String, String> words) {
        if (words.isEmpty()) return this;
        throw new DataHubException(
                ErrorCode.CONFIGURATION,
                "the algorithm has no configuration: integrity=" + name() + ", keys=" + words.keySet(),
                "remove these keys");
    }

    /// Public fingerprint of the key that new slots are sealed with; 0 for an algorithm without
    /// keys. It tells nothing about the key. Asked when a key epoch begins, not for each slot, so
    /// that a new key begins at a slot of which everybody is told.
    default long keyId() {
        return 0;
    }

    /// A worker for one handle on the block with this id, and for the slots of one key epoch.
    ///
    /// @param keyEpoch which of the block's keys derived from the same secret
    /// @param keyId the secret's fingerprint, as [#keyId] gave it to the producer; 0 without one
    /// @return null while this provider does not hold that key; it may hold it later
    Sealer sealer(long blockIdHigh, long blockIdLow, long keyEpoch, long keyId);

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
