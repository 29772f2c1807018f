package org.datahub.engine;

import org.datahub.api.BlockSpec;
import org.datahub.api.BufferPolicy;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.IntegrityMode;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.SlotHeader;

/// The shape of a block, every value checked: what its files say, and what a new block will say.
///
/// @param policy who waits for whom
/// @param slots the capacity K
/// @param batch B
/// @param slotBytes the most payload bytes
/// @param align payload alignment
/// @param rows participants
/// @param pins pins a row
/// @param timestamps the clock of a slot
/// @param integrityMode who seals
/// @param cells K + B cells, or the buffers of a state block
/// @param firstPayload offset of the first cell's payload
/// @param stride bytes from cell to cell
/// @param tagOffset from a payload's begin to its tag
/// @param dataBytes size of the data segment
record Geometry(
        SyncPolicy policy,
        long slots,
        long batch,
        long slotBytes,
        long align,
        int rows,
        int pins,
        Timestamps timestamps,
        IntegrityMode integrityMode,
        long cells,
        long firstPayload,
        long stride,
        long tagOffset,
        long dataBytes) {

    /// Most slots of a block.
    static final long MOST_SLOTS = 1L << 40;

    /// Rows of a stream block that does not say.
    private static final int STREAM_ROWS = 32;

    /// Rows of a state block that does not say: each costs a buffer.
    private static final int STATE_ROWS = 16;

    /// Cells begin and end with a cache line.
    private static final long CELL_ALIGN = 64;

    /// From here on a payload is copied, not stored word by word.
    private static final long BULK = 4096;

    /// What the spec leaves open is chosen here; `ringBytes` is what a ring should take where no K
    /// is named.
    static Geometry of(BlockSpec spec, long ringBytes) {
        if (spec.slotBytes() == BlockSpec.UNSET) {
            throw new DataHubException(
                    ErrorCode.CONFIGURATION,
                    "a new block needs the size of its slots: name=" + spec.name() + ", slot.bytes=unset",
                    "give the most payload bytes of a slot");
        }
        SyncPolicy policy = spec.policy() == null ? SyncPolicy.SEQUENTIAL_SYNC : spec.policy();
        long align = spec.align() == BlockSpec.UNSET ? 32 : spec.align();
        long batch = spec.batch() == BlockSpec.UNSET ? 1 : spec.batch();
        int pins = spec.pins() == BlockSpec.UNSET ? 1 : spec.pins();
        long slots = spec.slots();
        if (slots == BlockSpec.UNSET) {
            slots = policy == SyncPolicy.LATEST_ONLY && batch == 1
                    ? 1
                    : ringFor(ringBytes, spec.slotBytes(), align, batch);
        }
        int rows = spec.participants();
        if (rows == BlockSpec.UNSET) rows = isState(policy, slots) ? STATE_ROWS : STREAM_ROWS;
        return of(
                policy,
                slots,
                batch,
                spec.slotBytes(),
                align,
                rows,
                pins,
                spec.timestamps() == null ? Timestamps.EXACT : spec.timestamps(),
                spec.integrityMode() == null ? IntegrityMode.ENFORCED : spec.integrityMode());
    }

    /// @throws DataHubException `DH-6001` where the sizes can't be
    static Geometry of(
            SyncPolicy policy,
            long slots,
            long batch,
            long slotBytes,
            long align,
            int rows,
            int pins,
            Timestamps timestamps,
            IntegrityMode mode) {
        boolean state = isState(policy, slots);
        try {
            long cells = state
                    ? Math.addExact(Math.multiplyExact((long) rows, (long) pins), 2)
                    : Math.addExact(slots, batch);
            if (state && cells > DataLayout.MOST_BUFFERS) {
                throw tooLarge(
                        "buffers=" + cells + ", most=" + DataLayout.MOST_BUFFERS + ", participants=" + rows, null);
            }
            if (state && batch != 1) throw tooLarge("batch=" + batch + " on a state block, most=1", null);
            long tagOffset = up(slotBytes, 8);
            long stride = up(SlotHeader.BYTES + tagOffset + SlotHeader.TAG_BYTES, Math.max(CELL_ALIGN, align));
            long firstPayload = DataLayout.BYTES + Math.max(SlotHeader.BYTES, align);
            long bytes =
                    Math.addExact(DataLayout.BYTES + Math.max(CELL_ALIGN, align), Math.multiplyExact(cells, stride));
            return new Geometry(
                    policy,
                    slots,
                    batch,
                    slotBytes,
                    align,
                    rows,
                    pins,
                    timestamps,
                    mode,
                    cells,
                    firstPayload,
                    stride,
                    tagOffset,
                    up(bytes, 4096));
        } catch (ArithmeticException e) {
            throw tooLarge("slots=" + slots + ", slot.bytes=" + slotBytes, e);
        }
    }

    /// The same with another K and other slots.
    ///
    /// @throws DataHubException `DH-6001` where the block can't have them
    Geometry with(long slots, long slotBytes) {
        if (slots < batch || slots > MOST_SLOTS || slotBytes < 1 || slotBytes > Integer.MAX_VALUE) {
            throw new DataHubException(
                    ErrorCode.CONFIGURATION,
                    "the block can't have such slots: slots=" + slots + ", least=" + batch + ", most=" + MOST_SLOTS
                            + ", slot.bytes=" + slotBytes + ", least=1, most=" + Integer.MAX_VALUE,
                    "choose values between");
        }
        Geometry other = of(policy, slots, batch, slotBytes, align, rows, pins, timestamps, integrityMode);
        if (other.discipline() == discipline()) return other;
        throw new DataHubException(
                ErrorCode.CONFIGURATION,
                "a block of policy LATEST_ONLY with 1 or 2 slots stays one, and so does one with more: slots=" + slots
                        + ", now=" + this.slots,
                "make the block anew");
    }

    private static DataHubException tooLarge(String values, ArithmeticException cause) {
        return new DataHubException(
                ErrorCode.CONFIGURATION, "the block can't be that large: " + values, "choose smaller values", cause);
    }

    private static long up(long value, long multiple) {
        return Math.addExact(value, multiple - 1) / multiple * multiple;
    }

    /// Cells a power of two, at least 4, of about `ringBytes` in all: K + B = cells.
    private static long ringFor(long ringBytes, long slotBytes, long align, long batch) {
        long stride = up(SlotHeader.BYTES + up(slotBytes, 8) + SlotHeader.TAG_BYTES, Math.max(CELL_ALIGN, align));
        long cells = Math.max(4, Long.highestOneBit(Math.max(1, ringBytes / stride)));
        while (cells < 2 * batch + 2) cells *= 2;
        return cells - batch;
    }

    private static boolean isState(SyncPolicy policy, long slots) {
        return discipline(policy, BufferPolicy.of(slots)) == DataLayout.STATE;
    }

    static int discipline(SyncPolicy policy, BufferPolicy buffer) {
        boolean state = policy == SyncPolicy.LATEST_ONLY && buffer != BufferPolicy.RING_BUFFER;
        return state ? DataLayout.STATE : DataLayout.STREAM;
    }

    /// Whether consumers read the newest slot and nobody waits (design words: state discipline).
    boolean state() {
        return isState(policy, slots);
    }

    /// Whether lossless consumers may gate the producer.
    boolean gated() {
        return policy != SyncPolicy.LATEST_ONLY;
    }

    BufferPolicy buffer() {
        return BufferPolicy.of(slots);
    }

    int discipline() {
        return state() ? DataLayout.STATE : DataLayout.STREAM;
    }

    /// Offset of a cell's header.
    long cell(long index) {
        return firstPayload - SlotHeader.BYTES + index * stride;
    }

    /// From a header to the next cache line; 0 where no payload reaches it, or where so many lines follow
    /// that one of them is nothing. A claim stores there when it has emptied the cell: the core asks
    /// another for both lines at once then. Else it asks for the second when the caller comes to it, and
    /// may meanwhile lose the first to a reader of the stamp.
    long secondLine() {
        long line = CELL_ALIGN - cell(0) % CELL_ALIGN;
        return SlotHeader.BYTES + slotBytes > line && slotBytes < BULK ? line : 0;
    }

    /// Offset of the header of slot n (stream discipline).
    long cellOf(long n) {
        return cell(n % cells);
    }

    /// What the block has otherwise than `spec` asks and a handover can change, as `name=value`; empty
    /// where they agree.
    String movable(BlockSpec spec) {
        StringBuilder found = new StringBuilder();
        differ(found, "slots", spec.slots() == BlockSpec.UNSET || spec.slots() == slots, slots, spec.slots());
        differ(
                found,
                "slot.bytes",
                spec.slotBytes() == BlockSpec.UNSET || spec.slotBytes() == slotBytes,
                slotBytes,
                spec.slotBytes());
        return found.toString();
    }

    /// The same of what stays as it is for as long as the block lives.
    String fixed(BlockSpec spec) {
        StringBuilder found = new StringBuilder();
        differ(found, "policy", spec.policy() == null || spec.policy() == policy, policy, spec.policy());
        differ(found, "batch", spec.batch() == BlockSpec.UNSET || spec.batch() == batch, batch, spec.batch());
        differ(found, "align", spec.align() == BlockSpec.UNSET || spec.align() == align, align, spec.align());
        differ(
                found,
                "participants",
                spec.participants() == BlockSpec.UNSET || spec.participants() == rows,
                rows,
                spec.participants());
        differ(found, "pins", spec.pins() == BlockSpec.UNSET || spec.pins() == pins, pins, spec.pins());
        differ(
                found,
                "timestamp",
                spec.timestamps() == null || spec.timestamps() == timestamps,
                timestamps,
                spec.timestamps());
        differ(
                found,
                "integrity.mode",
                spec.integrityMode() == null || spec.integrityMode() == integrityMode,
                integrityMode,
                spec.integrityMode());
        return found.toString();
    }

    private static void differ(StringBuilder found, String what, boolean same, Object here, Object asked) {
        if (same) return;
        if (!found.isEmpty()) found.append(", ");
        found.append(what)
                .append('=')
                .append(here)
                .append(" (asked ")
                .append(asked)
                .append(')');
    }
}
