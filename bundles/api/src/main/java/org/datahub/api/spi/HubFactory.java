package org.datahub.api.spi;

import org.datahub.api.DataHub;
import org.datahub.api.HubOptions;
import org.osgi.annotation.versioning.ProviderType;

/// Opens hubs for programs without a container; found by `ServiceLoader`.
@ProviderType
public interface HubFactory {
    /// Opens a hub.
    DataHub open(HubOptions options);
}
