package org.datahub.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.datahub.api.keys.KeyLimits;

/// What a block is to be: its geometry, which can't change within a generation, and how its
/// producer behaves.
///
/// A spec is immutable; each method returns a changed copy. Fields that stay [#UNSET] are taken
/// from the block
/// where it exists; where it does not, the default in brackets holds, or one chosen for this
/// machine.
///
/// @param name the block's name: 1 to 255 bytes of UTF-8, no `/`, no control characters, not
/// starting with a dot
/// @param slotBytes the most payload bytes of a slot, 1 to 2 GiB - 1, or UNSET
/// @param slots the capacity K, or UNSET
/// @param batch the most slots that one commit covers, 1 <= batch <= K, or UNSET (1)
/// @param policy who waits for whom, or null to take the block's
/// @param align payloads start at a multiple of it: a power of two, 32 to 4096, or UNSET (32)
/// @param timestamps which clock stamps a slot, or null (EXACT)
/// @param participants rows for consumers, 1 to 1024, or UNSET
/// @param pins pins a row, state blocks only, 1 to 16, or UNSET (1)
/// @param integrity the algorithm that seals slots, or null for the hub's
/// @param integrityMode who seals and verifies, or null (ENFORCED)
/// @param allocator the allocator of the data segment, or null for the hub's
/// @param writeTimeout how long a write waits at the gate, or null for the hub's time
/// @param waiting how the producer waits
/// @param stall how long a live lossless consumer may gate the producer before `stallPolicy` says
/// what happens
/// @param stallPolicy what happens then
/// @param requireConsumer whether writes wait for a lossless consumer instead of running free
/// @param zones flexible zones of a new block, 64 at most; those of one that exists have to agree
/// @param locks spin locks of a new block, 0 to 1024
/// @param keyLimits when the producer begins a new key epoch by itself
/// @param handover how long it may take to hand over a block that exists with other slots or in other
/// memory, or null to refuse it
public record BlockSpec(
        String name,
        long slotBytes,
        long slots,
        int batch,
        SyncPolicy policy,
        int align,
        Timestamps timestamps,
        int participants,
        int pins,
        String integrity,
        IntegrityMode integrityMode,
        String allocator,
        Duration writeTimeout,
        Waiting waiting,
        Duration stall,
        StallPolicy stallPolicy,
        boolean requireConsumer,
        List<ZoneSpec> zones,
        int locks,
        KeyLimits keyLimits,
        Duration handover) {

    /// A value that the caller leaves to the block or the hub.
    public static final int UNSET = 0;

    private static final int DEFAULT_LOCKS = 32;

    /// Checks every value that can be checked without the block.
    public BlockSpec {
        Objects.requireNonNull(name, "name");
        range("slotBytes", slotBytes, 0, Integer.MAX_VALUE);
        range("slots", slots, 0, 1L << 40);
        range("batch", batch, 0, 1 << 20);
        range("align", align, 0, 4096);
        range("participants", participants, 0, 1024);
        range("pins", pins, 0, 16);
        Objects.requireNonNull(waiting, "waiting");
        Objects.requireNonNull(stallPolicy, "stallPolicy");
        Objects.requireNonNull(keyLimits, "keyLimits");
        zones = List.copyOf(zones);
        range("zones", zones.size(), 0, 64);
        range("locks", locks, 0, 1024);
        if (zones.stream().map(ZoneSpec::name).distinct().count() < zones.size())
            throw bad("two zones of one name: " + zones);
        if (stall.isNegative()) throw bad("negative time: stall=" + stall);
        if (align != UNSET && (Integer.bitCount(align) != 1 || align < 32)) {
            throw bad("align is no power of two from 32 to 4096: align=" + align);
        }
        if (slots != UNSET && batch > slots)
            throw bad("batch larger than the ring: batch=" + batch + ", slots=" + slots);
        if (writeTimeout != null && writeTimeout.isNegative()) throw bad("negative time: writeTimeout=" + writeTimeout);
        if (handover != null && handover.isNegative()) throw bad("negative time: handover=" + handover);
    }

    /// A spec with the defaults: everything of the geometry unset, crc32c or whatever the hub uses,
    /// the hub's times.
    public static BlockSpec named(String name) {
        return new BlockSpec(
                name,
                UNSET,
                UNSET,
                UNSET,
                null,
                UNSET,
                null,
                UNSET,
                UNSET,
                null,
                null,
                null,
                null,
                Waiting.BLOCK,
                Duration.ofSeconds(10),
                StallPolicy.BLOCK,
                false,
                List.of(),
                DEFAULT_LOCKS,
                KeyLimits.NONE,
                null);
    }

    /// With slots of `bytes` payload.
    public BlockSpec slotBytes(long bytes) {
        range("slotBytes", bytes, 1, Integer.MAX_VALUE);
        return changed(draft -> draft.slotBytes = bytes);
    }

    /// With a capacity of `count` slots, whatever buffer policy that is.
    public BlockSpec slots(long count) {
        range("slots", count, 1, 1L << 40);
        return changed(draft -> draft.slots = count);
    }

    /// K = 1.
    public BlockSpec single() {
        return slots(1);
    }

    /// K = 2.
    public BlockSpec doubleBuffer() {
        return slots(2);
    }

    /// A ring of `count` slots, 3 or more.
    public BlockSpec ring(long count) {
        range("ring", count, 3, 1L << 40);
        return slots(count);
    }

    /// With commits of up to `count` slots.
    public BlockSpec batch(int count) {
        range("batch", count, 1, 1 << 20);
        return changed(draft -> draft.batch = count);
    }

    /// With this policy.
    public BlockSpec policy(SyncPolicy chosen) {
        return changed(draft -> draft.policy = Objects.requireNonNull(chosen));
    }

    /// With payloads at multiples of `bytes`.
    public BlockSpec align(int bytes) {
        range("align", bytes, 32, 4096);
        return changed(draft -> draft.align = bytes);
    }

    /// With this clock.
    public BlockSpec timestamps(Timestamps chosen) {
        return changed(draft -> draft.timestamps = chosen);
    }

    /// With `count` rows for consumers.
    public BlockSpec participants(int count) {
        range("participants", count, 1, 1024);
        return changed(draft -> draft.participants = count);
    }

    /// With `count` pins a row.
    public BlockSpec pins(int count) {
        range("pins", count, 1, 16);
        return changed(draft -> draft.pins = count);
    }

    /// Sealed by the algorithm of this name; `none` seals nothing.
    public BlockSpec integrity(String algorithm) {
        return changed(draft -> draft.integrity = Objects.requireNonNull(algorithm));
    }

    /// Sealed and verified by the engine or by the caller.
    public BlockSpec integrityMode(IntegrityMode mode) {
        return changed(draft -> draft.integrityMode = Objects.requireNonNull(mode));
    }

    /// In memory of the allocator of this name.
    public BlockSpec allocator(String allocatorName) {
        return changed(draft -> draft.allocator = Objects.requireNonNull(allocatorName));
    }

    /// A write that is gated fails after `time`; zero tries once.
    public BlockSpec writeTimeout(Duration time) {
        return changed(draft -> draft.writeTimeout = Objects.requireNonNull(time));
    }

    /// The producer waits like this.
    public BlockSpec waiting(Waiting chosen) {
        return changed(draft -> draft.waiting = chosen);
    }

    /// A live lossless consumer that has gated the producer for `time` is treated as `policy` says.
    public BlockSpec stall(Duration time, StallPolicy policyThen) {
        return changed(draft -> {
            draft.stall = time;
            draft.stallPolicy = policyThen;
        });
    }

    /// Writes wait for a lossless consumer.
    public BlockSpec requireConsumer(boolean required) {
        return changed(draft -> draft.requireConsumer = required);
    }

    /// With a flexible zone: a snapshot of `bytes` bytes and `fields` 64-bit fields.
    public BlockSpec zone(String zone, long bytes, int fields) {
        return zone(zone, bytes, fields, "");
    }

    /// With a flexible zone whose meaning is told by a schema of this hash: 64 hex digits, or empty
    /// for none.
    public BlockSpec zone(String zone, long bytes, int fields, String schemaHash) {
        List<ZoneSpec> more = new ArrayList<>(zones);
        more.add(new ZoneSpec(zone, bytes, fields, schemaHash));
        return changed(draft -> draft.zones = more);
    }

    /// With `count` spin locks.
    public BlockSpec locks(int count) {
        return changed(draft -> draft.locks = count);
    }

    /// With a new key epoch after so many slots or so much time.
    public BlockSpec keyLimits(KeyLimits limits) {
        return changed(draft -> draft.keyLimits = limits);
    }

    /// A block that exists with another capacity, with slots of another size or in other memory goes on
    /// as this says: its new producer hands it over before it writes, and `create` takes `time` at
    /// most. Where a lossless consumer can't follow, or does not answer, `create` fails and the block
    /// stays as it was.
    public BlockSpec handover(Duration time) {
        return changed(draft -> draft.handover = Objects.requireNonNull(time));
    }

    private BlockSpec changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.spec();
    }

    /// A spec that is being changed.
    private static final class Draft {
        private final String name;
        private long slotBytes;
        private long slots;
        private int batch;
        private SyncPolicy policy;
        private int align;
        private Timestamps timestamps;
        private int participants;
        private int pins;
        private String integrity;
        private IntegrityMode integrityMode;
        private String allocator;
        private Duration writeTimeout;
        private Waiting waiting;
        private Duration stall;
        private StallPolicy stallPolicy;
        private boolean requireConsumer;
        private List<ZoneSpec> zones;
        private int locks;
        private KeyLimits keyLimits;
        private Duration handover;

        Draft(BlockSpec from) {
            this.name = from.name;
            this.slotBytes = from.slotBytes;
            this.slots = from.slots;
            this.batch = from.batch;
            this.policy = from.policy;
            this.align = from.align;
            this.timestamps = from.timestamps;
            this.participants = from.participants;
            this.pins = from.pins;
            this.integrity = from.integrity;
            this.integrityMode = from.integrityMode;
            this.allocator = from.allocator;
            this.writeTimeout = from.writeTimeout;
            this.waiting = from.waiting;
            this.stall = from.stall;
            this.stallPolicy = from.stallPolicy;
            this.requireConsumer = from.requireConsumer;
            this.zones = from.zones;
            this.locks = from.locks;
            this.keyLimits = from.keyLimits;
            this.handover = from.handover;
        }

        BlockSpec spec() {
            return new BlockSpec(
                    name,
                    slotBytes,
                    slots,
                    batch,
                    policy,
                    align,
                    timestamps,
                    participants,
                    pins,
                    integrity,
                    integrityMode,
                    allocator,
                    writeTimeout,
                    waiting,
                    stall,
                    stallPolicy,
                    requireConsumer,
                    zones,
                    locks,
                    keyLimits,
                    handover);
        }
    }

    private static void range(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw bad(
                    what + " out of range: " + what + "=" + value + ", least=" + Math.max(1, least) + ", most=" + most);
        }
    }

    private static IllegalArgumentException bad(String message) {
        return new IllegalArgumentException(message);
    }
}
