package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.keys.KeyLimits;
import org.datahub.api.keys.KeyRing;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.spi.IntegrityProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Seals a producer's slots with the provider of the moment; changes it between slots only.
final class Sealing {
    private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);

    private final IntegritySource source;
    private final Block block;
    private final LongSupplier next;
    private final Prefix prefix;
    private final KeyEpochs epochs;
    private final boolean none;
    private long version = -1;
    private IntegrityProvider.Sealer sealer;
    private volatile IntegrityProvider provider; // of the sealer, for who takes it away
    private int id;
    private long keyId; // 0 for an algorithm without keys
    private long epoch;
    private boolean full; // of epochs: a new key must wait
    private final KeyLimits limits;
    private final boolean limited;
    private long limitsOf = KeyEpochs.NONE; // epoch that they are of
    private long endSlot; // the epoch ends before this slot,
    private long endTime; // and with the first slot at this time or later
    private long begun; // epochs

    /// `next` tells the slot that is written next, once there is a writer.
    Sealing(Block block, IntegritySource source, LongSupplier next, KeyLimits limits) {
        this.block = block;
        this.limits = limits;
        this.limited = !limits.equals(KeyLimits.NONE);
        this.source = source;
        this.next = next;
        this.prefix = new Prefix(block.idHigh, block.idLow);
        this.epochs = new KeyEpochs(block);
        this.none = source.wanted().equals(Providers.NONE);
    }

    /// Whether there is an algorithm at all.
    boolean seals() {
        return !none;
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
            if (limited && epoch != limitsOf) beginLimits(next.getAsLong());
        }
        if (limited && sealer != null && keyId != 0) endEpochInTime();
        return sealer != null;
    }

    /// What a predecessor sealed with the epoch is not counted.
    private void beginLimits(long n) {
        limitsOf = epoch;
        endSlot = limits.slots() == 0 ? Long.MAX_VALUE : n + Math.min(limits.slots(), Long.MAX_VALUE - n);
        endTime = limits.age().isZero() ? Long.MAX_VALUE : Handle.deadline(block.kernel.coarseNanos(), limits.age());
    }

    /// Between two slots. While the newest slots need all epochs that are known, the present one goes on.
    private void endEpochInTime() {
        boolean counted = next.getAsLong() >= endSlot;
        boolean aged = endTime != Long.MAX_VALUE && block.kernel.coarseNanos() - endTime >= 0;
        if ((counted || aged) && canBegin())
            goOn(counted ? "key.max.slots=" + limits.slots() : "key.max.age=" + limits.age());
    }

    /// Whether slots are sealed in a new epoch from now on. If not, they are as before.
    private boolean goOn(String why) {
        long before = epoch;
        IntegrityProvider.Sealer made = inNewEpoch(provider, why);
        if (made == null) {
            epoch = before;
            return false;
        }
        sealer = made;
        if (limited) beginLimits(next.getAsLong());
        return true;
    }

    /// Epochs that this producer has begun.
    long begun() {
        return begun;
    }

    /// Whether slots are sealed with this provider since [#ready] was asked last.
    boolean uses(IntegrityProvider asked) {
        return provider == asked;
    }

    /// With the epoch of its key, or a new one. Null while it does not hold the key, or no epoch can
    /// begin.
    private IntegrityProvider.Sealer sealer(IntegrityProvider current) {
        full = false;
        epoch = keyId == 0 ? KeyEpochs.newest(block.state) : epochs.of(keyId);
        return epoch == KeyEpochs.NONE ? inNewEpoch(current, "key.id=" + KeyRing.hex(keyId)) : inEpoch(current);
    }

    private IntegrityProvider.Sealer inEpoch(IntegrityProvider current) {
        return current.sealer(block.idHigh, block.idLow, epoch, keyId);
    }

    private IntegrityProvider.Sealer inNewEpoch(IntegrityProvider current, String why) {
        epoch = KeyEpochs.newest(block.state) + 1;
        full = !canBegin();
        IntegrityProvider.Sealer made = full ? null : inEpoch(current);
        if (made == null) return null;
        epochs.begin(keyId);
        begun++;
        LOG.info("block {}: key epoch {} begins with slot {}: {}", block.name, epoch, next.getAsLong(), why);
        return made;
    }

    private boolean canBegin() {
        return epochs.beginsAt(next.getAsLong()) <= next.getAsLong();
    }

    /// Seals from now on with another key of the same secret: the next epoch's.
    ///
    /// @return the epoch
    /// @throws DataHubException `DH-7006` while too many of the newest slots need their epochs; what
    ///     [#missing] gives while nothing can be sealed
    /// @throws IllegalStateException if the algorithm has no keys
    long rotate() {
        if (!ready()) throw missing();
        if (keyId == 0) {
            throw new IllegalStateException("the algorithm has no keys: block=" + block.name + ", integrity="
                    + (none ? Providers.NONE : Providers.nameOf(id)));
        }
        if (!goOn("asked for")) {
            DataHubException reason = missing();
            full = false;
            throw reason;
        }
        return epoch;
    }

    /// Whether the provider, if it is there, holds the key of the present epoch, if that has one.
    boolean hasPresentKey() {
        IntegrityProvider there = source.current();
        long wanted = KeyEpochs.keyId(block.state, KeyEpochs.newest(block.state));
        return there == null || wanted == 0 || there.keyId() == wanted;
    }

    /// The first slot at which a new epoch can begin.
    long beginsAt() {
        return epochs.beginsAt(next.getAsLong());
    }

    private DataHubException rotationRefused() {
        return new DataHubException(
                ErrorCode.ROTATION_REFUSED,
                "the newest slots need all key epochs that are known: block=" + block.name + ", next="
                        + next.getAsLong() + ", key.epoch=" + KeyEpochs.newest(block.state) + ", known="
                        + StateLayout.KEY_EPOCHS,
                "rotate again at slot " + epochs.beginsAt(next.getAsLong()) + ", or later");
    }

    /// Why [#ready] says no: the provider is not there, or it does not hold the key.
    DataHubException missing() {
        if (full) return rotationRefused();
        return id == 0
                ? Providers.missing(source.wanted(), block.name)
                : Providers.missingKey(source.wanted(), block.name, epoch, keyId);
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
        if (keyId != 0) epochs.sealed(epoch, n);
        SlotHeader.describe(data, cell, length, id, (int) epoch & 0xff);
        byte[] covered = prefix.of(
                n,
                SlotHeader.description(data, cell),
                epoch,
                SlotHeader.timestamp(data, cell),
                SlotHeader.user(data, cell));
        long payload = cell + SlotHeader.BYTES;
        sealer.seal(covered, data, payload, length, data, payload + block.geometry.tagOffset());
    }
}
