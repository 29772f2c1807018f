package org.datahub.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Consumer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.FlexibleZone;
import org.datahub.api.SharedLock;
import org.datahub.api.Waiting;
import org.datahub.api.ZoneSpec;
import org.datahub.api.layout.Words;
import org.datahub.api.layout.ZoneHeader;

/// A participant's view of a flexible zone. A snapshot is written to the half that nobody reads,
/// under the lock of the zone,
/// and switched to by one store; a reader copies the half of the number it saw and looks at the
/// number again.
final class ZoneHandle implements FlexibleZone {
    private static final long SLEEP = 100_000_000;
    private static final long READ_NANOS = 1_000_000_000;
    private static final int COPIES_A_CHECK = 64;

    private final Handle handle;
    private final MemorySegment control;
    private final ZoneSpec spec;
    private final long at;
    private final RowLock lock;
    private final Ringer ringer;
    private final Pause pause;
    private final MemorySegment draft;
    private boolean editing;

    ZoneHandle(Handle handle, ZoneSpec spec, long at, RowLock lock, Arena arena) {
        this.handle = handle;
        this.control = handle.block.control;
        this.spec = spec;
        this.at = at;
        this.lock = lock;
        this.draft = arena.allocate(Math.max(1, spec.bytes()), Long.BYTES);
        this.ringer =
                new Ringer(handle.block.kernel, control, at + ZoneHeader.CHANGES, control, at + ZoneHeader.ASLEEP);
        this.pause = new Pause(
                handle.block.kernel,
                Waiting.BLOCK,
                control,
                at + ZoneHeader.CHANGES,
                control,
                at + ZoneHeader.ASLEEP,
                SLEEP);
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public long bytes() {
        return spec.bytes();
    }

    @Override
    public int fields() {
        return spec.fields();
    }

    @Override
    public String schemaHash() {
        return spec.schemaHash();
    }

    @Override
    public long generation() {
        return handle.inside(() -> Words.acquire(control, at + ZoneHeader.GENERATION));
    }

    @Override
    public long read(MemorySegment into) {
        if (into.byteSize() < spec.bytes()) {
            throw new IllegalArgumentException("too small: bytes=" + into.byteSize() + ", zone=" + spec.bytes());
        }
        return handle.inside(() -> copyTo(into, handle.block.kernel.nanos() + READ_NANOS));
    }

    /// Who counts the generation up without end, which no writer in turn does, holds nobody for ever.
    private long copyTo(MemorySegment into, long deadline) {
        for (int copies = 1; ; copies++) {
            long generation = Words.acquire(control, at + ZoneHeader.GENERATION);
            Words.copy(control, half(generation), into, 0, spec.bytes());
            Words.acquireFence();
            // The next snapshot goes to the other half: only one more than that touches this one.
            if (Words.acquire(control, at + ZoneHeader.GENERATION) == generation) return generation;
            Thread.onSpinWait();
            if (copies % COPIES_A_CHECK != 0) continue;
            if (handle.occupancy.stopped()) throw handle.occupancy.reason();
            if (handle.block.kernel.nanos() - deadline >= 0) throw restless();
        }
    }

    private DataHubException restless() {
        return new DataHubException(
                ErrorCode.LOCK_TIMEOUT,
                "the zone changes faster than it can be copied: block=" + handle.block.name + ", zone=" + spec.name(),
                "look for a participant that writes out of turn; see datahub info " + handle.block.name
                        + " for who is attached");
    }

    private long half(long generation) {
        return ZoneHeader.half(at, spec.fields(), spec.bytes(), generation);
    }

    @Override
    public long publish(Duration timeout, Consumer<MemorySegment> edit) {
        return handle.inside(() -> {
            long deadline = Handle.deadline(handle.block.kernel.nanos(), timeout);
            if (editing) throw new IllegalStateException("the zone is being edited: zone=" + spec.name());
            if (lock.take(timeout) == SharedLock.Outcome.TIMEOUT) throw busy(timeout);
            editing = true;
            try {
                return replaced(deadline, edit);
            } finally {
                editing = false;
                lock.giveBack();
            }
        });
    }

    private DataHubException busy(Duration waited) {
        return new DataHubException(
                ErrorCode.LOCK_TIMEOUT,
                "another participant writes the zone: block=" + handle.block.name + ", zone=" + spec.name()
                        + ", waited=" + waited,
                "try again; see datahub info " + handle.block.name + " for who is attached");
    }

    private long replaced(long deadline, Consumer<MemorySegment> edit) {
        lock.settle(); // a writer that died left the half that nobody reads
        long generation = copyTo(draft, deadline);
        edit.accept(draft.asSlice(0, spec.bytes()));
        if (!lock.held()) throw handle.occupancy.reason(); // the edit has closed its own handle
        Words.copy(draft, 0, control, half(generation + 1), spec.bytes());
        Words.release(control, at + ZoneHeader.GENERATION, generation + 1);
        changed();
        return generation + 1;
    }

    private void changed() {
        Words.addInt(control, at + ZoneHeader.CHANGES, 1);
        ringer.ring();
    }

    private long field(int index) {
        if (index < 0 || index >= spec.fields()) {
            throw new IllegalArgumentException("no such field: field=" + index + ", fields=" + spec.fields());
        }
        return ZoneHeader.field(at, index);
    }

    @Override
    public long get(int index) {
        long field = field(index);
        return handle.inside(() -> Words.acquire(control, field));
    }

    @Override
    public void set(int index, long value) {
        long field = field(index);
        handle.inside(() -> {
            Words.release(control, field, value);
            changed();
            return null;
        });
    }

    @Override
    public long add(int index, long value) {
        long field = field(index);
        return handle.inside(() -> {
            long sum = Words.add(control, field, value);
            changed();
            return sum;
        });
    }

    @Override
    public boolean replace(int index, long expected, long value) {
        long field = field(index);
        return handle.inside(() -> {
            boolean replaced = Words.replace(control, field, expected, value);
            if (replaced) changed();
            return replaced;
        });
    }

    @Override
    public int changes() {
        return handle.inside(() -> Words.acquireInt(control, at + ZoneHeader.CHANGES));
    }

    @Override
    public boolean awaitChange(int seen, Duration timeout) {
        return handle.inside(() -> {
            long deadline = Handle.deadline(handle.block.kernel.nanos(), timeout);
            pause.begin();
            while (Words.acquireInt(control, at + ZoneHeader.CHANGES) == seen) {
                if (handle.occupancy.stopped()) throw handle.occupancy.reason();
                if (timeout.isZero() || !pause.step(deadline, true)) return false;
            }
            return true;
        });
    }
}
