package org.datahub.api.keys;

import org.osgi.annotation.versioning.ConsumerType;

/// A keyed function from bytes to a tag of 32 bytes, for one thread at a time.
@ConsumerType
public interface TagFunction {
    /// Bytes of a tag.
    int TAG_BYTES = 32;

    /// Takes the next bytes of the message.
    void update(byte[] bytes, int offset, int length);

    /// Writes the tag of the message to the beginning of `tag`, and is ready for the next message.
    void finish(byte[] tag);

    /// Makes functions.
    @ConsumerType
    @FunctionalInterface
    interface Maker {
        /// One under this key of 32 bytes.
        TagFunction function(byte[] key);
    }
}
