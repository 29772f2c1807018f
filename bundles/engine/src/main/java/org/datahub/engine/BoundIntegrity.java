package org.datahub.engine;

import org.datahub.api.spi.IntegrityProvider;

/// The provider that a component's `integrity` reference is bound to.
final class BoundIntegrity implements IntegritySource {
    private final Providers providers;
    private volatile IntegrityProvider provider;
    private volatile String wanted = "by integrity.target";
    private volatile long version = 1;

    BoundIntegrity(Providers providers) {
        this.providers = providers;
    }

    synchronized void set(IntegrityProvider bound) {
        provider = bound;
        wanted = bound.name();
        version++;
    }

    synchronized void unset(IntegrityProvider unbound) {
        if (provider != unbound) return;
        provider = null;
        version++;
    }

    @Override
    public long version() {
        return version + providers.version();
    }

    @Override
    public IntegrityProvider current() {
        IntegrityProvider bound = provider;
        return bound == null || providers.leaves(bound) ? null : bound;
    }

    @Override
    public String wanted() {
        return wanted;
    }
}
