package org.datahub.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.datahub.api.BlockSpec;

/// The blocks that configuration declares in this container; empty without one.
final class Declarations {
    /// One declared block: what its producers in this container take from the configuration.
    interface Declaration {
        /// The spec with what `asked` leaves open.
        BlockSpec complete(BlockSpec asked);

        /// The provider that the configuration chooses.
        IntegritySource integrity();
    }

    private final Map<String, Declaration> byName = new ConcurrentHashMap<>();

    Declaration of(String name) {
        return byName.get(name);
    }

    /// False if the name is declared already.
    boolean add(String name, Declaration declaration) {
        return byName.putIfAbsent(name, declaration) == null;
    }

    void remove(String name, Declaration declaration) {
        byName.remove(name, declaration);
    }
}
