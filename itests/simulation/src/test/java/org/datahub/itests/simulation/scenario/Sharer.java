package org.datahub.itests.simulation.scenario;

import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Delivery;

/// A participant that cares for no slot, only for what all share.
final class Sharer extends Reader {
    private static final int ROUNDS = 8;

    private int rounds;

    Sharer(Play play) {
        super(play, Delivery.OBSERVER);
    }

    @Override
    boolean follow(DataBlockConsumer in) {
        while (rounds++ < ROUNDS) {
            oracle.commons().use(in, dice);
            if (chance(20)) pause();
            if (chance(5)) return true;
        }
        return false;
    }

    @Override
    void requireCounts(DataBlockConsumer in) {
        oracle.require(in.received() == 0 && in.missed() == 0, "slots nobody asked for: received=" + in.received());
    }
}
