package org.datahub.itests.simulation.scenario;

import java.time.Duration;
import java.util.SplittableRandom;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.Delivery;
import org.datahub.api.ErrorCode;
import org.datahub.api.StartFrom;
import org.datahub.api.layout.Words;
import org.datahub.engine.SimulatedHub;
import org.datahub.itests.simulation.machine.Outside;

/// A program that consumes: attaches, reads until the stream is over, checks everything that it is
/// given.
abstract class Reader implements Runnable {
    private static final long PAUSE = 1_000_000;
    private static final String WENT_ON = "the stream went on in generation ";
    private static final Duration LONG = Duration.ofSeconds(100);

    final Play play;
    final Oracle oracle;
    final Delivery delivery;
    final SplittableRandom dice;
    int row = -1;
    private boolean complete; // whether it has every allocator

    /// What was seen of a slot that is held.
    record Seen(long n, long attempt, long length, long[] words) {}

    Reader(Play play, Delivery delivery) {
        this.play = play;
        this.oracle = play.oracle;
        this.delivery = delivery;
        this.dice = play.dice.split();
    }

    @Override
    public void run() {
        complete = play.scenario.handovers() == 0 || chance(50);
        boolean more = true;
        while (more) {
            try (DataHub hub = play.hub(complete)) {
                more = consume(hub);
            }
        }
    }

    /// Attaches and follows, again and again; whether to go on so in another hub.
    private boolean consume(DataHub hub) {
        while (true) {
            boolean before = complete;
            DataBlockConsumer in = attach(hub);
            if (complete != before) return true;
            if (in == null) continue;
            row = SimulatedHub.row(in);
            oracle.locate();
            oracle.attached();
            boolean more = follow(in);
            requireCounts(in);
            gone();
            in.close();
            if (!more || complete != before) return more;
        }
    }

    /// The stream has ended for this consumer; whether that was so for want of the rare allocator,
    /// which the next hub has.
    final boolean leftBehind(DataBlockConsumer in) {
        if (!in.endReason().startsWith(WENT_ON)) return false;
        oracle.require(!complete, "a consumer that could follow was left behind: " + in.endReason());
        oracle.count("consumers left behind", 1);
        complete = true;
        return true;
    }

    /// The row of this consumer counts no more.
    final void gone() {
        if (row >= 0) oracle.leave(row);
        row = -1;
    }

    private DataBlockConsumer attach(DataHub hub) {
        ConsumerSpec spec = (switch (delivery) {
                    case LOSSLESS -> ConsumerSpec.lossless();
                    case OBSERVER -> ConsumerSpec.observer();
                    case PINNED -> ConsumerSpec.pinned();
                })
                .accept("none", Checksum.PLAIN.name(), Checksum.KEYED.name())
                .waiting(play.scenario.waiting())
                .attachTimeout(Duration.ofSeconds(1))
                .from(dice.nextBoolean() ? StartFrom.LATEST : StartFrom.OLDEST);
        oracle.joins(true);
        try {
            return hub.attach(Scenario.BLOCK, spec);
        } catch (DataHubException e) {
            // Not there yet; or the rows are those of processes that die.
            if (e.code() == ErrorCode.ALLOCATOR_MISSING && !complete) {
                complete = true;
                return null;
            }
            boolean later = e.code() == ErrorCode.BLOCK_NOT_FOUND
                    || e.code() == ErrorCode.CONSUMER_CONFLICT
                    || e.code() == ErrorCode.PARTICIPANTS_FULL;
            if (!later) throw e;
            oracle.count("attached later", 1);
            return null;
        } finally {
            oracle.joins(false);
        }
    }

    /// Reads until the end, or until this consumer has enough of it; whether to attach anew.
    abstract boolean follow(DataBlockConsumer in);

    /// The handle has counted as this program has.
    abstract void requireCounts(DataBlockConsumer in);

    final Duration timeout() {
        if (play.scenario.chance().ringsOnly()) return LONG;
        return switch (dice.nextInt(6)) {
            case 0 -> Duration.ZERO;
            case 1 -> Duration.ofMillis(1);
            default -> LONG;
        };
    }

    final Seen see(DataBlockConsumer in, int index) {
        long length = in.length(index);
        long[] words = new long[(int) Math.min(length, in.slotBytes()) / Long.BYTES];
        for (int word = 0; word < words.length; word++) {
            words[word] = Words.plain(in.segment(), in.offset(index) + 8L * word);
        }
        return new Seen(in.number() + index, in.user(index), length, words);
    }

    final void deliver(Seen seen) {
        oracle.delivered(seen.n, seen.attempt, seen.length, seen.words);
    }

    final boolean chance(int ofHundred) {
        return dice.nextInt(100) < ofHundred;
    }

    final void pause() {
        Outside.park(dice.nextLong(PAUSE));
    }
}
