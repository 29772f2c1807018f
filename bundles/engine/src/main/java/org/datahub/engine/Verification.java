package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityProvider;

/// Verifies a consumer's slots, each with the provider that it names, if the consumer's own
/// configuration accepts that.
final class Verification {
    /// What became of a slot.
    enum Verdict {
        /// As it was sealed.
        GOOD,
        /// Not as it was sealed.
        CORRUPT,
        /// Sealed by an algorithm that is not accepted.
        REFUSED,
        /// Its provider is not there now.
        MISSING
    }

    private static final int IDS = 256;

    private final Block block;
    private final Providers providers;
    private final Set<String> accept;
    private final Prefix prefix;
    private final IntegrityProvider.Sealer[] sealers = new IntegrityProvider.Sealer[IDS];
    private final boolean[] accepted = new boolean[IDS];
    private final long slotBytes;
    private final boolean acceptsNone;
    private long version = -1;

    Verification(Block block, Providers providers, Set<String> accept) {
        this.block = block;
        this.providers = providers;
        this.accept = accept;
        this.prefix = new Prefix(block.idHigh, block.idLow);
        this.slotBytes = block.geometry.slotBytes();
        this.acceptsNone = accept.contains(Providers.NONE);
        for (int id = 1; id < IDS; id++) accepted[id] = accept.contains(Providers.nameOf(id));
    }

    /// The names that are accepted.
    Set<String> accept() {
        return accept;
    }

    /// Looks at slot n, whose header stands at `header` of `segment` and describes it so.
    Verdict verify(MemorySegment segment, long header, long n, long description) {
        if (SlotHeader.length(description) > slotBytes) return Verdict.CORRUPT;
        int id = SlotHeader.integrity(description);
        if (id == 0) return acceptsNone ? Verdict.GOOD : Verdict.REFUSED;
        if (version != providers.version()) forget();
        if (sealers[id] == null && !find(id)) return accepted[id] ? Verdict.MISSING : Verdict.REFUSED;
        if (!accepted[id]) return Verdict.REFUSED;
        byte[] covered = prefix.of(
                n,
                description,
                keyEpoch(description),
                SlotHeader.timestamp(segment, header),
                SlotHeader.user(segment, header));
        long payload = header + SlotHeader.BYTES;
        boolean good = sealers[id].verify(
                covered,
                segment,
                payload,
                SlotHeader.length(description),
                segment,
                payload + block.geometry.tagOffset());
        return good ? Verdict.GOOD : Verdict.CORRUPT;
    }

    private void forget() {
        version = providers.version();
        java.util.Arrays.fill(sealers, null);
    }

    private boolean find(int id) {
        IntegrityProvider provider = providers.integrity(id);
        if (provider == null) return false;
        accepted[id] = accept.contains(provider.name());
        sealers[id] = provider.sealer(block.idHigh, block.idLow);
        return true;
    }

    /// The whole epoch that the slot's low 8 bits belong to: the newest one not above what `state`
    /// says.
    private long keyEpoch(long description) {
        long newest = Words.acquire(block.state, StateLayout.KEY_EPOCH);
        return newest - (newest - SlotHeader.keyEpoch(description) & 0xff);
    }
}
