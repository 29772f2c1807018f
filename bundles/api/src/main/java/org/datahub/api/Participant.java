package org.datahub.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/// A producer or a consumer: what both can do with a block besides its slots. Used by one thread at
/// a time; [#close]
/// may
/// come from any thread.
@ProviderType
public interface Participant extends AutoCloseable {
    /// The block's name.
    String name();

    /// The most payload bytes of a slot.
    long slotBytes();

    /// Names of the block's flexible zones.
    List<String> zones();

    /// A flexible zone of the block. It works until this handle closes.
    ///
    /// @throws IllegalArgumentException where the block has no zone of that name
    FlexibleZone zone(String name);

    /// A flexible zone of the block whose schema has the hash that the caller was built with: 64 hex
    /// digits, or empty for a zone without a schema.
    ///
    /// @throws IllegalArgumentException where the block has no zone of that name
    /// @throws DataHubException `DH-1018` where its schema has another hash
    FlexibleZone zone(String name, String schemaHash);

    /// A spin lock of the block, 0 to the configured count - 1. It works until this handle closes.
    SharedLock lock(int index);

    /// Ends the handle.
    @Override
    void close();
}
