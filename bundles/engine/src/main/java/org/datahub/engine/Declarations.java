package org.datahub.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;

/// The blocks that configuration declares in this container; empty without one. Of several that
/// declare one name the first counts, and the next when that one goes. What no configuration
/// declares is as the container's hub has it.
final class Declarations {
    /// One declared block: what its producers and consumers in this container take from the
    /// configuration.
    interface Declaration {
        /// The spec with what `asked` leaves open.
        BlockSpec complete(BlockSpec asked);

        /// The spec of a consumer with what `asked` leaves open.
        ConsumerSpec complete(ConsumerSpec asked);

        /// The provider that the configuration chooses.
        IntegritySource integrity();

        /// The allocator for a new block that the configuration chooses.
        ///
        /// @throws org.datahub.api.DataHubException `DH-1013` while it is not there
        String allocator();

        /// It counts from now on: those before it have gone, or the engine can work at last.
        void counts();

        /// An allocator has come: what waits for it need wait no longer.
        default void allocatorCame() {}
    }

    private final Map<String, List<Declaration>> byName = new HashMap<>();

    private final Declaration usual;

    /// `usual` holds for every block that is not declared.
    Declarations(Declaration usual) {
        this.usual = usual;
    }

    /// What holds for the block of this name.
    Declaration of(String name) {
        Declaration first = first(name);
        return first == null ? usual : first;
    }

    private synchronized Declaration first(String name) {
        List<Declaration> those = byName.get(name);
        return those == null ? null : those.getFirst();
    }

    synchronized void add(String name, Declaration declaration) {
        byName.computeIfAbsent(name, declared -> new ArrayList<>()).add(declaration);
    }

    /// Whether another one counts under the name that this one is declared under.
    boolean yields(String name, Declaration declaration) {
        Declaration first = first(name);
        return first != null && first != declaration;
    }

    void countAnew() {
        those().forEach(Declaration::counts);
    }

    void allocatorCame() {
        those().forEach(Declaration::allocatorCame);
    }

    private synchronized List<Declaration> those() {
        List<Declaration> those = new ArrayList<>();
        byName.values().forEach(declared -> those.add(declared.getFirst()));
        return those;
    }

    void remove(String name, Declaration declaration) {
        Declaration before = first(name);
        Declaration after = without(name, declaration);
        if (before == declaration && after != null) after.counts();
    }

    private synchronized Declaration without(String name, Declaration declaration) {
        List<Declaration> those = byName.getOrDefault(name, new ArrayList<>());
        those.remove(declaration);
        if (those.isEmpty()) byName.remove(name);
        return first(name);
    }
}
