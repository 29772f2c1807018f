package org.datahub.engine;

import java.nio.file.Path;
import java.util.List;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.admin.BlockAdmin;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.SlotInfo;
import org.osgi.framework.Bundle;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;

/// The hub as a service: one for each bundle that uses it, so that stopping the bundle closes its
/// handles.
@Component(service = DataHub.class, scope = ServiceScope.BUNDLE)
public final class HubComponent implements DataHub {
    private final EngineComponent engine;
    private final String label;
    private Hub hub; // from the first call on
    private boolean closed;

    /// For the bundle that asks. The hub directory is opened by the first call: a service that could
    /// not be had is not asked for again when the engine's configuration is mended.
    @Activate
    public HubComponent(@Reference EngineComponent engine, ComponentContext context) {
        Bundle user = context.getUsingBundle();
        this.engine = engine;
        this.label = user == null ? "container" : user.getSymbolicName();
    }

    @Deactivate
    void deactivate() {
        close();
    }

    private synchronized Hub hub() {
        if (hub == null && closed) throw Hub.closed("label=" + label);
        if (hub == null) hub = engine.open(label);
        return hub;
    }

    @Override
    public Path directory() {
        return hub().directory();
    }

    @Override
    public DataBlockProducer create(BlockSpec spec) {
        return hub().create(spec);
    }

    @Override
    public BlockInfo declare(BlockSpec spec) {
        return hub().declare(spec);
    }

    @Override
    public DataBlockConsumer attach(String name, ConsumerSpec spec) {
        return hub().attach(name, spec);
    }

    @Override
    public List<String> list() {
        return hub().list();
    }

    @Override
    public BlockInfo info(String name) {
        return hub().info(name);
    }

    @Override
    public List<SlotInfo> slots(String name) {
        return hub().slots(name);
    }

    @Override
    public BlockAdmin admin(String name) {
        return hub().admin(name);
    }

    @Override
    public void remove(String name) {
        hub().remove(name);
    }

    @Override
    public void close() {
        Hub open;
        synchronized (this) {
            closed = true;
            open = hub;
        }
        if (open != null) open.close();
    }
}
