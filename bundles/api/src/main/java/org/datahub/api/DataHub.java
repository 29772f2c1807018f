package org.datahub.api;

import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.datahub.api.admin.BlockAdmin;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.SlotInfo;
import org.datahub.api.spi.HubFactory;
import org.osgi.annotation.versioning.ProviderType;

/// The door to the blocks of one hub directory. Safe for use by many threads.
///
/// In a container it is a service, one for each bundle that uses it: stopping that bundle closes
/// its handles.
@ProviderType
public interface DataHub extends AutoCloseable {
    /// Opens a hub without a container, with the providers that `ServiceLoader` finds.
    ///
    /// @throws DataHubException `DH-1001` when the hub directory can't be trusted, `DH-1011`
    /// without native access
    static DataHub open(HubOptions options) {
        return ServiceLoader.load(HubFactory.class, DataHub.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no engine: put org.datahub.engine and org.datahub.posix on the class path or module path"))
                .open(options);
    }

    /// Opens the caller's default hub.
    static DataHub open() {
        return open(HubOptions.defaults());
    }

    /// The hub directory.
    Path directory();

    /// Creates the block or takes it over, and becomes its producer.
    ///
    /// @throws DataHubException `DH-2001` while another producer lives, `DH-1004` when the block
    /// has another geometry
    DataBlockProducer create(BlockSpec spec);

    /// Creates the block without a producer, or checks that the one that exists is as `spec` says.
    ///
    /// @throws DataHubException `DH-1004` when the block has another geometry
    BlockInfo declare(BlockSpec spec);

    /// Attaches a consumer, waiting for a block that is not there yet as long as `spec` says.
    ///
    /// @throws DataHubException `DH-1003` when the block does not appear in time
    DataBlockConsumer attach(String name, ConsumerSpec spec);

    /// Names of the blocks, sorted.
    List<String> list();

    /// What stands in the block now. Disturbs nobody.
    ///
    /// @throws DataHubException `DH-1003` when there is no such block
    BlockInfo info(String name);

    /// Every cell or buffer of the block, one after the other. Disturbs nobody; while records flow,
    /// each entry is of a moment of its own.
    ///
    /// @throws DataHubException `DH-1003` when there is no such block
    List<SlotInfo> slots(String name);

    /// What an operator can ask the block's producer for. Holds nothing; the block is looked for with
    /// each request.
    BlockAdmin admin(String name);

    /// Removes a block that nobody uses.
    ///
    /// @throws DataHubException `DH-1010` while a producer or consumer lives
    void remove(String name);

    /// Closes every handle of this hub.
    @Override
    void close();
}
