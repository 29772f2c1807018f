package org.datahub.engine;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.FlexibleZone;
import org.datahub.api.Participant;
import org.datahub.api.SharedLock;
import org.datahub.api.ZoneSpec;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.spi.Doorbell;

/// What a producer and a consumer share: the busy mark, the beat, and the end.
abstract class Handle implements Beats.Beating, Providers.User, Participant {
    final Block block;
    final Occupancy occupancy;
    final Arena scratch = Arena.ofShared();
    private final Map<String, ZoneHandle> zones = new HashMap<>();
    private final Map<Long, RowLock> locks = new HashMap<>();
    private LockOwners owners;
    private final Beats beats;
    private final Hub hub;
    private final Doorbell own;
    private final Object beatLock = new Object();
    private boolean ended;

    /// `own` is the bell that this handle sleeps on.
    Handle(Hub hub, Block block, Beats beats, String what, Doorbell own) {
        this.hub = hub;
        this.block = block;
        this.beats = beats;
        this.own = own;
        this.occupancy = new Occupancy(block.kernel, what + " of block " + block.name, this::finish);
    }

    /// The constructor of the subclass is through: beats begin.
    final void begin() {
        beats.add(this);
    }

    @Override
    public final void beat(long nanos) {
        synchronized (beatLock) {
            if (ended || occupancy.stopped()) return;
            writeBeat(nanos);
            if (!block.current()) fail(block.gone());
        }
    }

    /// The row of this participant; for the producer, the number of rows.
    abstract int row();

    @Override
    public final String name() {
        return block.name;
    }

    @Override
    public final long slotBytes() {
        return block.geometry.slotBytes();
    }

    @Override
    public final List<String> zones() {
        return block.shared.zones().stream().map(ZoneSpec::name).toList();
    }

    @Override
    public final FlexibleZone zone(String name) {
        return inside(() -> zones.computeIfAbsent(name, this::openZone));
    }

    @Override
    public final FlexibleZone zone(String name, String schemaHash) {
        FlexibleZone zone = zone(name);
        String expected = new ZoneSpec(name, zone.bytes(), zone.fields(), schemaHash).schemaHash();
        if (zone.schemaHash().equals(expected)) return zone;
        throw new DataHubException(
                ErrorCode.SCHEMA_REFUSED,
                "the zone has another schema: block=" + block.name + ", zone=" + name + ", schema_hash="
                        + SharedLayout.shown(zone.schemaHash()) + ", expected=" + SharedLayout.shown(expected),
                "use programs that were built with one schema, or make the block anew with the new one");
    }

    private ZoneHandle openZone(String name) {
        int index = zones().indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "no such zone: block=" + block.name + ", zone=" + name + ", zones=" + zones());
        }
        RowLock lock = lockAt(block.shared.zoneLock(index));
        return new ZoneHandle(this, block.shared.zones().get(index), block.shared.zone(index), lock, scratch);
    }

    @Override
    public final SharedLock lock(int index) {
        if (index < 0 || index >= block.shared.locks()) {
            throw new IllegalArgumentException(
                    "no such lock: block=" + block.name + ", lock=" + index + ", locks=" + block.shared.locks());
        }
        return inside(() -> lockAt(block.shared.lock(index)));
    }

    private RowLock lockAt(long at) {
        boolean producer = row() == block.geometry.rows();
        long own = producer ? RowLayout.PRODUCER_LOCK : RowLayout.FIRST_LOCK + row();
        if (owners == null) owners = new LockOwners(block, own);
        return locks.computeIfAbsent(at, offset -> new RowLock(this, owners, offset, row()));
    }

    /// Does `work` while the memory stays.
    final <T> T inside(Supplier<T> work) {
        occupancy.enter();
        try {
            return work.get();
        } catch (InternalError e) {
            throw poisoned(e);
        } finally {
            occupancy.exit();
        }
    }

    /// Looks at the memory from another thread while it is there; otherwise, and after a fault, `gone`.
    final <T> T whileOpen(Supplier<T> look, T gone) {
        try {
            synchronized (beatLock) {
                return ended || occupancy.failed() ? gone : look.get();
            }
        } catch (InternalError e) {
            poisoned(e);
            return gone;
        }
    }

    /// Stores the beat.
    abstract void writeBeat(long nanos);

    /// Says goodbye in shared memory. Nobody is inside, and no beat comes any more.
    abstract void leave();

    /// Later calls throw `reason`, one that sleeps wakes up and throws it.
    final void fail(DataHubException reason) {
        occupancy.fail(reason);
        own.wakeAll();
    }

    /// Who sleeps in a call of this handle looks again.
    final void wake() {
        own.wakeAll();
    }

    /// After a fault in mapped memory nothing of this handle can be trusted.
    final DataHubException poisoned(InternalError fault) {
        DataHubException reason = new DataHubException(
                ErrorCode.MEMORY_FAULT,
                "the memory of the block is gone: block=" + block.name + ": " + fault.getMessage(),
                "close the handle and see who truncated the files; the last slot counts as lost",
                fault);
        fail(reason);
        return reason;
    }

    @Override
    public final void close() {
        occupancy.close();
        own.wakeAll();
    }

    private void finish() {
        beats.remove(this);
        synchronized (beatLock) {
            ended = true;
            try {
                locks.values().forEach(RowLock::abandon);
                leave();
            } catch (InternalError e) {
                fail(poisoned(e)); // the memory is gone, and with it whom to tell
            } finally {
                scratch.close();
                block.close();
                hub.forget(this);
            }
        }
    }

    /// When a wait of `time` from now is over; one too long to count has no end, one of less than
    /// nothing is over.
    static long deadline(long now, java.time.Duration time) {
        if (time.isNegative()) return now;
        long nanos;
        try {
            nanos = time.toNanos();
        } catch (ArithmeticException e) {
            nanos = Long.MAX_VALUE;
        }
        return now + Math.min(nanos, Long.MAX_VALUE / 2);
    }
}
