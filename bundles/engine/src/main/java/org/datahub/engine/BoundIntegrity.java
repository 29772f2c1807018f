package org.datahub.engine;

import org.datahub.api.spi.IntegrityProvider;

/// The provider that a component's `integrity` reference is bound to.
final class BoundIntegrity implements IntegritySource {
    private volatile IntegrityProvider provider;
    private volatile String wanted = "by integrity.target";
    private volatile long version = 1;

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
        return version;
    }

    @Override
    public IntegrityProvider current() {
        return provider;
    }

    @Override
    public String wanted() {
        return wanted;
    }
}
