package org.datahub.distribution;

import static org.datahub.api.Delivery.LOSSLESS;
import static org.datahub.api.Delivery.OBSERVER;
import static org.datahub.api.Delivery.PINNED;
import static org.datahub.api.StartFrom.LATEST;
import static org.datahub.api.StartFrom.OLDEST;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.datahub.api.ProducerState;
import org.datahub.api.SyncPolicy;
import org.junit.jupiter.api.Test;

class ReadingTest {
    private static Arrival there(SyncPolicy policy, long slots, ProducerState producer) {
        return new Arrival(TestInfo.of(policy, slots, producer), false);
    }

    private static Arrival stream(ProducerState producer) {
        return there(SyncPolicy.SEQUENTIAL_SYNC, 8, producer);
    }

    @Test
    void aLookNeverGatesAndBeginsWithTheNewest() {
        assertEquals(new Reading(OBSERVER, LATEST), Reading.of(stream(ProducerState.ALIVE), false, null, null));
    }

    @Test
    void withoutALiveProducerALookBeginsWithTheOldest() {
        for (ProducerState state : ProducerState.values()) {
            if (state == ProducerState.ALIVE) continue;
            assertEquals(new Reading(OBSERVER, OLDEST), Reading.of(stream(state), false, null, null));
        }
    }

    @Test
    void afterAWaitALookBeginsWithTheOldest() {
        Arrival late = new Arrival(stream(ProducerState.ALIVE).info(), true);
        assertEquals(new Reading(OBSERVER, OLDEST), Reading.of(late, false, null, null));
    }

    @Test
    void aCopyIsLosslessFromTheOldest() {
        assertEquals(new Reading(LOSSLESS, OLDEST), Reading.of(stream(ProducerState.ALIVE), true, null, null));
    }

    @Test
    void nobodyGatesALatestOnlyRing() {
        Arrival ring = there(SyncPolicy.LATEST_ONLY, 8, ProducerState.ALIVE);
        assertEquals(new Reading(OBSERVER, OLDEST), Reading.of(ring, true, null, null));
    }

    @Test
    void aStateBlockIsReadInPlaceAtItsNewest() {
        Arrival state = there(SyncPolicy.LATEST_ONLY, 1, ProducerState.ENDED);
        assertEquals(new Reading(PINNED, LATEST), Reading.of(state, false, null, null));
        assertEquals(new Reading(PINNED, LATEST), Reading.of(state, true, null, null));
    }

    @Test
    void whatTheUserSaysHolds() {
        assertEquals(
                new Reading(LOSSLESS, LATEST),
                Reading.of(stream(ProducerState.KILLED), false, Reading.Mode.LOSSLESS, LATEST));
        assertEquals(
                new Reading(OBSERVER, OLDEST),
                Reading.of(stream(ProducerState.ALIVE), true, Reading.Mode.OBSERVER, OLDEST));
        assertEquals(
                new Reading(PINNED, OLDEST), Reading.of(stream(ProducerState.ENDED), false, Reading.Mode.LATEST, null));
    }
}
