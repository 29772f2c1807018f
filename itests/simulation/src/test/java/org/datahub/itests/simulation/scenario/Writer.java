package org.datahub.itests.simulation.scenario;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.SplittableRandom;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.WriteTransaction;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.engine.SimulatedHub;
import org.datahub.itests.simulation.machine.Outside;

/// A program that produces: takes the block over, writes in every way there is, and ends the
/// stream.
final class Writer implements Runnable {
    private static final Duration LONG = Duration.ofSeconds(100);
    private static final long PAUSE = 500_000;
    private static final long PATIENCE = 2_000_000;
    private static final int LOOKS = 50;

    private final Play play;
    private final Oracle oracle;
    private BlockSpec spec;
    private final SplittableRandom dice;
    private long next;

    Writer(Play play) {
        this.play = play;
        this.oracle = play.oracle;
        this.spec = play.scenario.block();
        this.dice = play.dice.split();
    }

    @Override
    public void run() {
        try (DataHub hub = play.hub()) {
            while (!oracle.over()) {
                DataBlockProducer out = takeOver(hub);
                if (out == null) continue;
                next = out.next();
                oracle.takenOver(next);
                if (dice.nextBoolean()) awaitConsumers();
                writeSome(out);
                out.close(oracle.reason());
                oracle.requireNewestIntact();
                if (dice.nextBoolean()) pause();
            }
        }
    }

    private DataBlockProducer takeOver(DataHub hub) {
        try {
            return hub.create(spec);
        } catch (DataHubException e) {
            if (e.code() == ErrorCode.PRODUCER_CONFLICT) {
                oracle.count("producers refused", 1);
            } else if (e.code() == ErrorCode.GEOMETRY_REFUSED && play.scenario.handovers() > 0) {
                spec = play.scenario.blockAsItIs();
            } else {
                throw e;
            }
            return null;
        }
    }

    private void awaitConsumers() {
        for (int look = 0;
                look < LOOKS
                        && oracle.attachedSoFar() < play.scenario.consumers().size();
                look++) pause();
    }

    private void pause() {
        Outside.park(dice.nextLong(PAUSE));
    }

    private boolean chance(int ofHundred) {
        return dice.nextInt(100) < ofHundred;
    }

    private void writeSome(DataBlockProducer out) {
        while (next < play.scenario.slots() || play.machine.operations() < Scenario.LEAST_OPERATIONS) {
            if (chance(2)) return;
            if (chance(10)) pause();
            if (play.scenario.sharers() > 0 && chance(10)) oracle.commons().use(out, dice);
            if (play.scenario.handovers() > 0) handOver(out);
            if (play.scenario.keyed() && chance(30)) rotate(out);
            try {
                write(out);
            } catch (DataHubException e) {
                if (e.code() != ErrorCode.CONSUMER_STALLED) throw e;
                oracle.count("producers stalled", 1);
            }
        }
    }

    /// One thing about handovers, or none.
    private void handOver(DataBlockProducer out) {
        if (chance(play.scenario.handovers())) {
            HandoverSpec spec = HandoverSpec.same()
                    .allocator(chance(60) ? MemoryAllocator.FIRST : MemoryAllocator.RARE)
                    .slots(play.scenario.otherSlots(dice))
                    .slotBytes(Scenario.slotBytes(dice));
            if (chance(50)) spec = spec.forced();
            if (SimulatedHub.handOver(out, spec, Duration.ofNanos(dice.nextLong(PATIENCE)))) {
                oracle.count("handovers begun", 1);
            }
        }
        if (chance(3)) SimulatedHub.cancel(out);
        if (chance(30)) SimulatedHub.housekeep(out);
    }

    /// Begins key epochs: one, or so many that the first that is known ends.
    private void rotate(DataBlockProducer out) {
        try {
            for (int times = 1 + dice.nextInt(StateLayout.KEY_EPOCHS); times > 0; times--) {
                out.rotateKey();
                oracle.count("key epochs", 1);
            }
        } catch (DataHubException e) {
            if (e.code() != ErrorCode.ROTATION_REFUSED) throw e;
            oracle.count("rotations refused", 1);
        }
    }

    private void write(DataBlockProducer out) {
        oracle.require(out.next() == next, "a slot number was skipped: next=" + out.next() + ", not " + next);
        if (out.batch() > 1 && chance(50)) writeBatch(out);
        else if (chance(20)) writeTransaction(out);
        else writeOne(out);
    }

    private Duration timeout() {
        return !play.scenario.chance().ringsOnly() && chance(10) ? Duration.ofMillis(1) : LONG;
    }

    private void writeOne(DataBlockProducer out) {
        if (out.claim(timeout()) == Claim.FULL) return;
        long attempt = oracle.draft(out.next(), out.slotBytes());
        boolean whole = !chance(5);
        fill(out.segment(), out.offset(), attempt, whole);
        if (!whole) {
            out.abort();
            return;
        }
        out.commit(8L * oracle.words(attempt), attempt);
        next++;
    }

    private void fill(MemorySegment segment, long offset, long attempt, boolean whole) {
        int words = whole ? oracle.words(attempt) : 1;
        for (int word = 0; word < words; word++) Words.plain(segment, offset + 8L * word, Payload.word(attempt, word));
    }

    private void writeTransaction(DataBlockProducer out) {
        try (WriteTransaction transaction = out.begin(LONG)) {
            long attempt = oracle.draft(transaction.number(), out.slotBytes());
            fill(transaction.payload(), 0, attempt, true);
            if (chance(10)) return;
            transaction.user(attempt).commit(8L * oracle.words(attempt));
            next++;
        }
    }

    private void writeBatch(DataBlockProducer out) {
        int got = out.claimBatch(1 + dice.nextInt(out.batch()), timeout());
        if (got == 0) return;
        int count = 1 + dice.nextInt(got);
        long first = out.next();
        for (int index = 0; index < got; index++) {
            long attempt = oracle.draft(first + index, out.slotBytes());
            fill(out.segment(), out.offset(index), attempt, true);
            out.describe(index, 8L * oracle.words(attempt), attempt);
        }
        oracle.batch(first, count);
        out.commitBatch(count);
        next += count;
    }
}
