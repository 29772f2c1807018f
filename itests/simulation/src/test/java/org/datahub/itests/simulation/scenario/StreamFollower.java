package org.datahub.itests.simulation.scenario;

import java.util.ArrayList;
import java.util.List;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Delivery;
import org.datahub.api.GapReason;
import org.datahub.api.Next;
import org.datahub.engine.SimulatedHub;
import org.datahub.itests.simulation.machine.Outside;

/// Consumes a stream: each slot once and in order, or told that it was missed.
final class StreamFollower extends Reader {
    private static final int MOST = 3;

    private long first;
    private long wanted;
    private long received;
    private long missed;

    StreamFollower(Play play, Delivery delivery) {
        super(play, delivery);
    }

    private int protectedRow() {
        return delivery == Delivery.LOSSLESS ? row : -1;
    }

    @Override
    boolean follow(DataBlockConsumer in) {
        first = in.number();
        wanted = first;
        received = 0;
        missed = 0;
        while (true) {
            if (chance(1)) return true;
            if (play.scenario.handovers() > 0 && chance(30)) SimulatedHub.housekeep(in);
            if (chance(2)) seek(in);
            Next next = chance(60) ? in.next(timeout()) : in.nextBatch(1 + dice.nextInt(MOST), timeout());
            switch (next) {
                case SLOT -> hold(in);
                case GAP -> gap(in);
                case TIMEOUT -> Outside.relax();
                case END -> {
                    if (leftBehind(in)) return true;
                    oracle.requireReason(in.endReason());
                    if (oracle.end(wanted)) return false;
                    pause();
                }
            }
        }
    }

    private void seek(DataBlockConsumer in) {
        oracle.leave(row);
        oracle.joins(true);
        in.seek(Math.max(0, in.number() - dice.nextInt(3)));
        oracle.joins(false);
        first += in.number() - wanted; // what a seek passes over was not asked for
        wanted = in.number();
    }

    private void hold(DataBlockConsumer in) {
        int count = in.held();
        long first = in.number();
        oracle.require(first == wanted, "slots out of order: slot=" + first + ", wanted=" + wanted);
        if (play.machine.shared(in.segment(), in.offset())) {
            oracle.protect(row);
            oracle.count("slots held in place", count);
        } else if (delivery == Delivery.LOSSLESS) {
            oracle.copied(first);
        }
        if (chance(15)) pause();
        List<Seen> seen = new ArrayList<>();
        for (int index = 0; index < count; index++) seen.add(see(in, index));
        if (chance(10)) pause();
        boolean proven = in.release();
        long good = proven ? count : in.gapFrom() - first;
        oracle.require(
                proven || good >= 0 && good < count && in.gapTo() == first + count,
                "a loss that was never held: first=" + first + ", from=" + in.gapFrom() + ", to=" + in.gapTo());
        for (int index = 0; index < good; index++) deliver(seen.get(index));
        received += good;
        wanted = first + good;
        if (!proven) gap(in);
    }

    private void gap(DataBlockConsumer in) {
        oracle.require(
                in.gapFrom() == wanted && in.gapTo() > wanted,
                "a wrong gap: wanted=" + wanted + ", from=" + in.gapFrom() + ", to=" + in.gapTo());
        oracle.missed(protectedRow(), in.gapFrom(), in.gapTo(), in.gapReason() == GapReason.EVICTED);
        missed += in.gapTo() - wanted;
        wanted = in.gapTo();
    }

    @Override
    void requireCounts(DataBlockConsumer in) {
        oracle.require(
                received + missed == wanted - first,
                "received and missed are not all that was published: received=" + received + ", missed=" + missed
                        + ", published=" + (wanted - first));
        oracle.require(
                in.received() == received && in.missed() == missed,
                "received and missed are not what was: received=" + in.received() + " (" + received + "), missed="
                        + in.missed() + " (" + missed + ")");
    }
}
