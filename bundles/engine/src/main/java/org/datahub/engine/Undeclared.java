package org.datahub.engine;

import java.util.function.Supplier;
import org.datahub.api.BadSlot;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;

/// What holds for blocks that no configuration declares: the choices of the hub.
///
/// @param integrity seals for producers that don't say by what
/// @param chosenAllocator names the allocator of a new block, or throws while it is not there
record Undeclared(IntegritySource integrity, Supplier<String> chosenAllocator) implements Declarations.Declaration {
    /// Without a container: CRC32C, in the hub directory.
    static Undeclared usual(Providers providers) {
        return new Undeclared(IntegritySource.named(providers, "crc32c"), () -> "shm");
    }

    @Override
    public BlockSpec complete(BlockSpec asked) {
        return asked;
    }

    @Override
    public ConsumerSpec complete(ConsumerSpec asked) {
        return asked.orElse(ConsumerSpec.SEALED, BadSlot.FAIL);
    }

    @Override
    public String allocator() {
        return chosenAllocator.get();
    }

    @Override
    public void counts() {
        // It always does.
    }
}
