package org.datahub.api.admin;

import org.osgi.annotation.versioning.ProviderType;

/// A block that configuration declares in this container; a service with the configuration's
/// properties.
@ProviderType
public interface DeclaredBlock {
    /// The block's name.
    String name();

    /// What stands in the block now.
    ///
    /// @throws org.datahub.api.DataHubException `DH-1003` while its allocator has not come, `DH-6001`
    /// while its configuration can't be used
    BlockInfo info();
}
