package org.datahub.engine;

import org.datahub.api.spi.IntegrityProvider;

/// Where a producer's provider comes from: it may go and come back, or be another one, while
/// records flow.
interface IntegritySource {
    /// Changes whenever [#current] may have changed.
    long version();

    /// The provider to seal with; null while it is not there.
    IntegrityProvider current();

    /// What it is called, for messages; `none` seals nothing.
    String wanted();

    /// The best provider of a fixed name.
    static IntegritySource named(Providers providers, String name) {
        return new IntegritySource() {
            @Override
            public long version() {
                return providers.version();
            }

            @Override
            public IntegrityProvider current() {
                return providers.integrity(name);
            }

            @Override
            public String wanted() {
                return name;
            }
        };
    }
}
