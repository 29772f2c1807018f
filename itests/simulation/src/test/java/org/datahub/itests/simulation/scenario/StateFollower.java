package org.datahub.itests.simulation.scenario;

import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Delivery;
import org.datahub.api.Next;
import org.datahub.engine.SimulatedHub;
import org.datahub.itests.simulation.machine.Outside;

/// Consumes the newest value, again and again, never an older one than before.
final class StateFollower extends Reader {
    private long first;
    private long last;
    private long received;

    StateFollower(Play play, Delivery delivery) {
        super(play, delivery);
    }

    @Override
    boolean follow(DataBlockConsumer in) {
        first = -1;
        last = -1;
        received = 0;
        while (true) {
            if (chance(1)) return true;
            if (play.scenario.handovers() > 0 && chance(30)) SimulatedHub.housekeep(in);
            Next next = in.next(timeout());
            switch (next) {
                case SLOT -> hold(in);
                case GAP -> throw play.machine.broken("a value was lost while it was held: from=" + in.gapFrom());
                case TIMEOUT -> Outside.relax();
                case END -> {
                    if (leftBehind(in)) return true;
                    oracle.requireReason(in.endReason());
                    if (oracle.end(last + 1)) return false;
                    pause();
                }
            }
        }
    }

    private void hold(DataBlockConsumer in) {
        long n = in.number();
        oracle.require(n > last, "an older value than before: slot=" + n + ", last=" + last);
        if (play.machine.shared(in.segment(), in.offset())) {
            oracle.pin(row, in.segment().address() + in.offset());
            oracle.count("slots held in place", 1);
        }
        if (chance(10)) pause();
        Seen seen = see(in, 0);
        if (chance(15)) pause();
        oracle.unpin(row);
        oracle.require(in.release(), "a value was lost while it was held: slot=" + n);
        deliver(seen);
        if (first < 0) first = n;
        last = n;
        received++;
    }

    @Override
    void requireCounts(DataBlockConsumer in) {
        long published = first < 0 ? 0 : last - first + 1;
        oracle.require(
                in.received() == received && in.received() + in.missed() == published,
                "received and missed are not what was: received=" + in.received() + " (" + received + "), missed="
                        + in.missed() + ", published=" + published);
    }
}
