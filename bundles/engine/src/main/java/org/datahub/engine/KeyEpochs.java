package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// Which key each epoch of a block has. The epoch only grows; the key ids of the newest ones stand in
/// `state`, so that each slot is verified with the key that it was sealed with. For the producer.
///
/// An id is changed only when none of the K newest slots is sealed with its epoch. The new epoch is
/// stored first, then the id, then the slots: who finds the new id in the old one's place finds the
/// new epoch too, and knows that its own is over.
final class KeyEpochs {
    /// No epoch has that key.
    static final long NONE = -1;

    private static final int KNOWN = StateLayout.KEY_EPOCHS;
    private static final long UNKNOWN = -2;
    private static final long NEVER = Long.MAX_VALUE;

    private final Block block;
    private final MemorySegment state;
    private final long[] first = new long[KNOWN]; // slot that was sealed with the epoch; or NEVER, or UNKNOWN
    private final long[] last = new long[KNOWN]; // the same; or NONE, or UNKNOWN

    /// Of this block. What a predecessor sealed, and with which epochs, is not known.
    KeyEpochs(Block block) {
        this.block = block;
        this.state = block.state;
        Arrays.fill(first, UNKNOWN);
        Arrays.fill(last, UNKNOWN);
    }

    /// The newest epoch.
    static long newest(MemorySegment state) {
        return Words.acquire(state, StateLayout.KEY_EPOCH);
    }

    /// The id of the key of this epoch; 0 where it has none or is over.
    static long keyId(MemorySegment state, long epoch) {
        long id = Words.acquire(state, StateLayout.keyId(epoch));
        return newest(state) - epoch < KNOWN ? id : 0;
    }

    /// The newest epoch with this key, or [#NONE].
    long of(long keyId) {
        long newest = newest(state);
        for (long epoch = newest; epoch > Math.max(0, newest - KNOWN); epoch--) {
            if (keyId(state, epoch) == keyId) return epoch;
        }
        return NONE;
    }

    /// The first slot at which a new epoch can begin: from there on, no slot that must be intact needs
    /// the epoch that it puts an end to. A generation that was left keeps its slots as long as it
    /// stands, whatever the capacity is now.
    ///
    /// @param next the slot that is written next
    long beginsAt(long next) {
        long ending = newest(state) + 1 - KNOWN;
        if (ending < 1) return 0; // epoch 0 has no key
        int place = place(ending);
        long cut = block.generation.first();
        long slots = block.geometry.slots();
        if (first[place] < cut && formerStands()) return Math.max(cut + slots, next + 1);
        if (last[place] == UNKNOWN) last[place] = lastOf(ending, next);
        return last[place] == NONE ? 0 : last[place] + 1 + slots;
    }

    private boolean formerStands() {
        return new GenerationTable(state).former(block.generation.number()) != GenerationTable.NONE;
    }

    /// The last of the newest slots of this generation that may be sealed with this epoch, or [#NONE].
    private long lastOf(long epoch, long next) {
        if (block.geometry.state()) {
            int buffer = DataLayout.bufferOf(Words.acquire(block.data, DataLayout.LATEST));
            return next > 0 && mayBear(block.geometry.cell(buffer), epoch) ? next - 1 : NONE;
        }
        for (long n = next - 1; n >= block.generation.oldest(next); n--) {
            if (mayBear(block.geometry.cellOf(n), epoch)) return n;
        }
        return NONE;
    }

    private boolean mayBear(long cell, long epoch) {
        return SlotHeader.keyEpoch(SlotHeader.description(block.data, cell)) == (epoch & 0xff);
    }

    /// Begins an epoch with this key, for slots from now on.
    long begin(long keyId) {
        long epoch = newest(state) + 1;
        Words.release(state, StateLayout.KEY_EPOCH, epoch);
        Words.release(state, StateLayout.keyId(epoch), keyId);
        first[place(epoch)] = NEVER;
        last[place(epoch)] = NONE;
        return epoch;
    }

    /// Slot n is sealed with this epoch.
    void sealed(long epoch, long n) {
        int place = place(epoch);
        if (first[place] == NEVER) first[place] = n;
        last[place] = n;
    }

    private static int place(long epoch) {
        return (int) (epoch & KNOWN - 1);
    }
}
