package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.function.Supplier;
import org.datahub.api.DataHubException;
import org.datahub.api.layout.SlotHeader;
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
        /// Sealed in an epoch that has no key: it is older than those that are known, or made up.
        OVER,
        /// Sealed by an algorithm that is not accepted.
        REFUSED,
        /// Its provider, or the key that it was sealed with, is not there now.
        MISSING
    }

    static final int IDS = 256;
    private static final VarHandle INSIDE;

    static {
        try {
            INSIDE = MethodHandles.lookup().findVarHandle(Verification.class, "inside", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Block block;
    private final Providers providers;
    private final Set<String> accept;
    private final Prefix prefix;
    private final IntegrityProvider.Sealer[] sealers = new IntegrityProvider.Sealer[IDS];
    private final long[] epochs = new long[IDS]; // of each sealer
    private final boolean[] accepted = new boolean[IDS];
    private final boolean acceptsNone;
    private Supplier<DataHubException> missing;
    private boolean over; // the verdict, where no sealer was found
    private final boolean barriers;
    private int inside;
    private volatile IntegrityProvider latest; // whose sealer was asked for last
    private long version = -1;

    Verification(Block block, Providers providers, Set<String> accept) {
        this.block = block;
        this.providers = providers;
        this.accept = accept;
        this.prefix = new Prefix(block.idHigh, block.idLow);
        this.barriers = block.kernel.barriers();
        this.acceptsNone = accept.contains(Providers.NONE);
        for (int id = 1; id < IDS; id++) accepted[id] = accept.contains(Providers.nameOf(id));
    }

    /// The names that are accepted.
    Set<String> accept() {
        return accept;
    }

    /// Whether a slot so described is sealed by nobody, and may be.
    boolean acceptsAsItStands(long description) {
        return acceptsNone && SlotHeader.integrity(description) == 0;
    }

    /// Looks at slot n, whose header stands at `header` of `segment` and describes it so.
    Verdict verify(MemorySegment segment, long header, long n, long description) {
        if (SlotHeader.length(description) > block.geometry.slotBytes()) return Verdict.CORRUPT;
        int id = SlotHeader.integrity(description);
        if (id == 0) return acceptsNone ? Verdict.GOOD : Verdict.REFUSED;
        INSIDE.setOpaque(this, 1);
        if (!barriers) Words.fullFence();
        try {
            return sealed(segment, header, n, description, id);
        } finally {
            INSIDE.setRelease(this, 0);
        }
    }

    /// Whether its thread is inside a verification. Whoever is not seen here behind a barrier sees the
    /// providers that were there before it.
    boolean busy() {
        return (int) INSIDE.getAcquire(this) != 0;
    }

    /// Whether slots were verified with this provider.
    boolean uses(IntegrityProvider asked) {
        return latest == asked;
    }

    private Verdict sealed(MemorySegment segment, long header, long n, long description, int id) {
        if (version != providers.version()) forget();
        long keyEpoch = keyEpoch(description);
        if ((sealers[id] == null || epochs[id] != keyEpoch) && !find(id, keyEpoch)) {
            if (!accepted[id]) return Verdict.REFUSED;
            return over ? Verdict.OVER : Verdict.MISSING;
        }
        byte[] covered = prefix.of(
                n, description, keyEpoch, SlotHeader.timestamp(segment, header), SlotHeader.user(segment, header));
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

    private boolean find(int id, long keyEpoch) {
        over = false;
        IntegrityProvider provider = providers.integrity(id);
        missing = () -> Providers.missing(Providers.nameOf(id), block.name);
        if (provider == null) return false;
        latest = provider;
        accepted[id] = accept.contains(provider.name());
        if (!accepted[id]) return false;
        long keyId = KeyEpochs.keyId(block.state, keyEpoch);
        missing = () -> Providers.missingKey(provider.name(), block.name, keyEpoch, keyId);
        sealers[id] = provider.sealer(block.idHigh, block.idLow, keyEpoch, keyId);
        epochs[id] = keyEpoch;
        over = sealers[id] == null && keyId == 0 && provider.keyId() != 0;
        return sealers[id] != null;
    }

    /// What was missing when [#verify] said so last.
    DataHubException missing() {
        return missing.get();
    }

    /// The whole epoch that the slot's low 8 bits belong to: the newest one not above what `state`
    /// says.
    private long keyEpoch(long description) {
        long newest = KeyEpochs.newest(block.state);
        return newest - (newest - SlotHeader.keyEpoch(description) & 0xff);
    }
}
