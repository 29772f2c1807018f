package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.DataHubException;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityProvider;

/// Seals a producer's slots with the provider of the moment; changes it between slots only.
final class Sealing {
    private final IntegritySource source;
    private final Block block;
    private final Prefix prefix;
    private final boolean none;
    private long version = -1;
    private IntegrityProvider.Sealer sealer;
    private volatile IntegrityProvider provider; // of the sealer, for who takes it away
    private int id;
    private long keyId;

    Sealing(Block block, IntegritySource source) {
        this.block = block;
        this.source = source;
        this.prefix = new Prefix(block.idHigh, block.idLow);
        this.none = source.wanted().equals(Providers.NONE);
    }

    /// Whether a slot can be sealed now: asked before each slot, so that a swap takes effect at its
    /// boundary.
    boolean ready() {
        if (none) return true;
        if (sealer == null || version != source.version()) {
            version = source.version();
            IntegrityProvider current = source.current();
            provider = current;
            id = current == null ? 0 : current.id();
            keyId = current == null ? 0 : current.keyId();
            sealer = current == null ? null : sealer(current);
        }
        return sealer != null;
    }

    /// Whether slots are sealed with this provider since [#ready] was asked last.
    boolean uses(IntegrityProvider asked) {
        return provider == asked;
    }

    private IntegrityProvider.Sealer sealer(IntegrityProvider current) {
        return current.sealer(block.idHigh, block.idLow, Words.plain(block.state, StateLayout.KEY_EPOCH), keyId);
    }

    /// Why [#ready] says no: the provider is not there, or it does not hold the key.
    DataHubException missing() {
        return id == 0
                ? Providers.missing(source.wanted(), block.name)
                : Providers.missingKey(
                        source.wanted(), block.name, Words.plain(block.state, StateLayout.KEY_EPOCH), keyId);
    }

    /// Describes the slot as unsealed.
    void leaveOpen(MemorySegment data, long cell, long length) {
        SlotHeader.describe(data, cell, length, 0, 0);
    }

    /// Describes the slot and writes its tag; its time and user word stand in it already.
    void seal(MemorySegment data, long cell, long n, long length) {
        if (none) {
            leaveOpen(data, cell, length);
            return;
        }
        long keyEpoch = Words.plain(block.state, StateLayout.KEY_EPOCH);
        SlotHeader.describe(data, cell, length, id, (int) keyEpoch & 0xff);
        byte[] covered = prefix.of(
                n,
                SlotHeader.description(data, cell),
                keyEpoch,
                SlotHeader.timestamp(data, cell),
                SlotHeader.user(data, cell));
        long payload = cell + SlotHeader.BYTES;
        sealer.seal(covered, data, payload, length, data, payload + block.geometry.tagOffset());
    }
}
