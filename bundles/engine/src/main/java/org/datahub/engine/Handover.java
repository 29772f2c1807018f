package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicReference;
import org.datahub.api.DataHubException;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.SegmentAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The producer's side of a handover: prepares the next generation beside the stream, cuts over to it
/// between two slots, and retires the one before when nobody needs it. docs/protocols.md tells why
/// each step stands where it stands.
///
/// A thread of its own makes the segment, since that can take long. Everything else is done by who
/// holds the request desk's lock.
final class Handover {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
    private static final int NO_ENTRY = -1;

    /// What the next generation is to be.
    ///
    /// @param allocator makes its segment
    /// @param slots its capacity K
    /// @param slotBytes its most payload bytes
    /// @param force whether it is cut over to also where a consumer can't follow or does not answer
    /// @param patience how long consumers may take to answer, in nanoseconds
    record Wanted(String allocator, long slots, long slotBytes, boolean force, long patience) {
        private static final int SLOTS = 0;
        private static final int SLOT_BYTES = 1;
        private static final int FORCE = 2;
        private static final int PATIENCE = 3;
        private static final int ALLOCATOR_BYTES = 4;
        private static final int ALLOCATOR = 5;
        private static final int MOST_BYTES = SegmentEntry.MOST_ALLOCATOR_BYTES;
        private static final long LONGEST = Duration.ofHours(1).toNanos();

        /// As a request holds it.
        long[] values() {
            byte[] name = allocator.getBytes(StandardCharsets.UTF_8);
            if (name.length > MOST_BYTES) throw new IllegalArgumentException("no such allocator: " + allocator);
            long[] values = new long[ALLOCATOR + MOST_BYTES / Long.BYTES];
            values[SLOTS] = slots;
            values[SLOT_BYTES] = slotBytes;
            values[FORCE] = force ? 1 : 0;
            values[PATIENCE] = patience;
            values[ALLOCATOR_BYTES] = name.length;
            byte[] padded = Arrays.copyOf(name, MOST_BYTES);
            ByteBuffer.wrap(padded)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer()
                    .get(values, ALLOCATOR, MOST_BYTES / Long.BYTES);
            return values;
        }

        /// What a request asks for; what it leaves open, or says senselessly, is as `now` has it.
        static Wanted of(long[] values, Generation now) {
            ByteBuffer padded = ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            padded.asLongBuffer().put(values, ALLOCATOR, MOST_BYTES / Long.BYTES);
            int length = (int) Math.max(0, Math.min(MOST_BYTES, values[ALLOCATOR_BYTES]));
            String name = new String(padded.array(), 0, length, StandardCharsets.UTF_8);
            return new Wanted(
                    length == 0 ? now.allocator() : name,
                    values[SLOTS] == 0 ? now.geometry().slots() : values[SLOTS],
                    values[SLOT_BYTES] == 0 ? now.geometry().slotBytes() : values[SLOT_BYTES],
                    values[FORCE] != 0,
                    Math.max(0, Math.min(LONGEST, values[PATIENCE])));
        }
    }

    private final Block block;
    private final Providers providers;
    private final MemorySegment state;
    private final Rows rows;
    private final SlotWriter writer;
    private final Ringer ringer;
    private final Runnable entered;
    // What is not yet cut over to. Who does not hold the desk's lock reads it once: it can go meanwhile.
    private volatile Building building;
    private final AtomicReference<Generation> left = new AtomicReference<>(); // still mapped, used no more

    /// Of a block whose byte 0 the caller holds. Takes away what a predecessor left. `entered` runs when
    /// the block is in another generation.
    Handover(Block block, Providers providers, Rows rows, SlotWriter writer, Ringer ringer, Runnable entered) {
        this.block = block;
        this.providers = providers;
        this.state = block.state;
        this.rows = rows;
        this.writer = writer;
        this.ringer = ringer;
        this.entered = entered;
        SegmentEntry.phase(state, block.generation.entry(), GenerationEntry.IN_USE);
        for (int entry = 0; entry < StateLayout.GENERATION_ENTRIES; entry++) {
            long standing = SegmentEntry.segment(state, entry);
            if (standing == 0 || standing == block.generation.number() || standing == writer.former()) continue;
            drop(entry);
        }
        changed(); // the predecessor may have died before it said so
    }

    private void drop(int entry) {
        String where = SegmentEntry.allocator(state, entry) + ":" + SegmentEntry.locator(state, entry);
        try {
            SegmentEntry.drop(state, entry, block.directory, providers);
        } catch (DataHubException | KernelException e) {
            // The next producer of the block, or its removal, tries again.
            LOG.warn("block {}: a data segment can't be taken away now: {}: {}", block.name, where, e.getMessage());
        }
        changed();
    }

    /// The table is another: consumers look.
    private void changed() {
        long epoch = Words.acquire(state, StateLayout.GENERATION_EPOCH);
        Words.release(state, StateLayout.GENERATION_EPOCH, epoch + 1);
    }

    /// A generation that is being made, or is made and waits for the answers of consumers.
    private final class Building implements Runnable {
        final long number;
        final int entry;
        final Wanted wanted;
        final Geometry geometry;
        final SegmentAllocator allocator;
        final long deadline;
        private final Thread maker = Thread.ofPlatform()
                .daemon()
                .name("datahub-handover-" + block.name)
                .unstarted(this);
        volatile Generation made;
        volatile String failure;
        volatile String cancelled; // why, if it was

        Building(long number, int entry, Wanted wanted, Geometry geometry, SegmentAllocator allocator) {
            this.number = number;
            this.entry = entry;
            this.wanted = wanted;
            this.geometry = geometry;
            this.allocator = allocator;
            this.deadline = block.kernel.nanos() + wanted.patience();
        }

        @Override
        public void run() {
            try {
                make();
                SegmentEntry.phase(state, entry, GenerationEntry.PREPARED);
                Generation opened = block.open(entry, number);
                changed();
                ringer.ring();
                made = opened;
            } catch (DataHubException e) {
                failure = e.problem();
            } catch (RuntimeException | InternalError e) {
                failure = e.toString();
            }
        }

        private void make() {
            boolean placed = block.elsewhere != null && !allocator.home().isEmpty();
            String locator = placed ? "" : allocator.locator();
            SegmentEntry.make(
                    state, entry, number, block.directory, allocator, locator, geometry, block.idHigh, block.idLow);
        }

        boolean late() {
            return block.kernel.nanos() - deadline >= 0;
        }

        void await() {
            boolean interrupted = false;
            while (true) {
                try {
                    maker.join();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /// Begins one. Answers with its number; or, while another one is not over, with the slots to be
    /// written until it can be. Where there can't be such a generation it is cancelled at once.
    RequestDesk.Reply begin(Wanted wanted) {
        int entry = free();
        if (building != null || writer.former() != 0 || entry == NO_ENTRY) {
            return new RequestDesk.Reply(Answer.HANDOVER_AT_WORK, writer.untilRetirement());
        }
        long number = Words.acquire(state, StateLayout.GENERATIONS_MADE) + 1;
        Words.release(state, StateLayout.GENERATIONS_MADE, number); // whatever becomes of it
        try {
            SegmentAllocator allocator = providers.allocator(wanted.allocator());
            Geometry geometry = block.geometry.with(wanted.slots(), wanted.slotBytes());
            if (writer.fits(wanted.slotBytes())) {
                building = new Building(number, entry, wanted, geometry, allocator);
                building.maker.start();
            } else {
                HandoverOutcome.store(state, number, HandoverOutcome.CANCELLED, 0, unfit(wanted));
            }
        } catch (DataHubException e) {
            HandoverOutcome.store(state, number, HandoverOutcome.CANCELLED, 0, e.problem());
        }
        return new RequestDesk.Reply(Answer.DONE, number);
    }

    private int free() {
        for (int entry = 0; entry < StateLayout.GENERATION_ENTRIES; entry++) {
            if (SegmentEntry.segment(state, entry) == 0) return entry;
        }
        return NO_ENTRY;
    }

    /// Gives up what is not yet cut over to: the generation of this number, or, where that is 0, any.
    RequestDesk.Reply cancel(long number) {
        if (building == null || (number != 0 && number != building.number)) {
            return new RequestDesk.Reply(Answer.NO_HANDOVER, 0);
        }
        building.cancelled = number == 0 ? "an operator cancelled it" : "who asked for it gave up";
        return new RequestDesk.Reply(Answer.DONE, building.number);
    }

    /// Whether [#act] has something to do: asked many times a second.
    boolean due() {
        Building at = building;
        if (at == null) return writer.retirementDue();
        if (at.failure != null) return true;
        if (at.made == null) return false; // in the middle of its segment
        return at.cancelled != null
                || at.late()
                || !refusals(at.number).isEmpty()
                || silent(at.number).isEmpty();
    }

    /// Between two slots: goes on as far as it can.
    void act() {
        if (building != null) actOnBuilding();
        if (writer.former() != 0 && writer.mayRetire()) retire();
    }

    private void actOnBuilding() {
        if (building.failure != null) giveUp(building.failure);
        else if (building.made == null) return;
        else if (building.cancelled != null) giveUp(building.cancelled);
        else decide();
    }

    /// By the answers of the consumers.
    private void decide() {
        boolean force = building.wanted.force();
        String refusals = refusals(building.number);
        String silent = silent(building.number);
        if (!refusals.isEmpty() && !force) giveUp(refusals);
        else if (!silent.isEmpty() && !building.late()) return;
        else if (!silent.isEmpty() && !force) giveUp("not every consumer has answered in time: " + silent);
        else if (!writer.fits(building.wanted.slotBytes())) giveUp(unfit(building.wanted));
        else cut();
    }

    private static String unfit(Wanted wanted) {
        return "the newest slot does not fit: slot.bytes=" + wanted.slotBytes();
    }

    /// Those that have not answered for the generation.
    private String silent(long number) {
        StringJoiner found = new StringJoiner(", ");
        for (int row = 0; row < rows.count(); row++) {
            boolean silent = rows.lossless(row)
                    && !writer.leftBehind(row)
                    && !rows.isReady(row, number)
                    && rows.refusal(row, number) == 0
                    && rows.alive(row);
            if (silent) found.add("row=" + row);
        }
        return found.toString();
    }

    private String refusals(long number) {
        StringJoiner found = new StringJoiner(", ");
        for (int row = 0; row < rows.count(); row++) {
            int code = rows.lossless(row) ? rows.refusal(row, number) : 0;
            if (code != 0 && rows.alive(row)) found.add("row=" + row + " can't follow: DH-" + code);
        }
        return found.toString();
    }

    private void cut() {
        Building done = building;
        building = null;
        unmap();
        Generation former = block.generation;
        long first = writer.next();
        writer.cutTo(done.made);
        block.enter(done.made);
        entered.run();
        SegmentEntry.phase(state, done.entry, GenerationEntry.IN_USE);
        changed();
        HandoverOutcome.store(state, done.number, HandoverOutcome.CUT, first, "");
        ringer.ring();
        left.set(former); // housekeeping may unmap it from here on
        LOG.info(
                "block {}: from slot {} on in generation {}: allocator={}, slots={}, slot.bytes={}",
                block.name,
                first,
                done.number,
                done.wanted.allocator(),
                done.geometry.slots(),
                done.geometry.slotBytes());
    }

    private void giveUp(String why) {
        Building given = building;
        building = null;
        if (given.made != null) given.made.close();
        if (SegmentEntry.segment(state, given.entry) == given.number) drop(given.entry);
        HandoverOutcome.store(state, given.number, HandoverOutcome.CANCELLED, 0, why);
        LOG.warn("block {}: the handover to generation {} was cancelled: {}", block.name, given.number, why);
    }

    private void retire() {
        GenerationTable table = new GenerationTable(state);
        int entry = table.former(block.generation.number());
        if (entry == GenerationTable.NONE || table.number(entry) != writer.former()) {
            throw Block.invalid("the generation table is damaged: oldest=" + entry, null);
        }
        writer.retired();
        drop(entry);
        ringer.ring();
    }

    /// Lets go of memory that is used no more; not between slots, since that can take long.
    void unmap() {
        Generation unused = left.getAndSet(null);
        if (unused != null) unused.close();
    }

    /// The producer goes: what is not cut over to is given up, what is not retired stays for the next
    /// producer. With `lost` the block is another's by now, and nothing of it is touched.
    void close(boolean lost) {
        if (building != null) building.await();
        unmap();
        if (lost) {
            if (building != null && building.made != null) building.made.close();
            return;
        }
        if (building != null) giveUp("the producer was closed");
        if (writer.former() != 0 && writer.mayRetire()) retire();
    }
}
