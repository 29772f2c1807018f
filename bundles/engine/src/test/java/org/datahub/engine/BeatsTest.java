package org.datahub.engine;

import static org.datahub.engine.HubFixture.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Deadline
class BeatsTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    @Test
    void aBeatThatFailsIsTriedAgainAndStopsNoOther() {
        try (Beats beats = new Beats(Duration.ofMillis(1))) {
            AtomicInteger failing = new AtomicInteger();
            AtomicInteger faulting = new AtomicInteger();
            AtomicInteger good = new AtomicInteger();
            beats.add(nanos -> {
                failing.incrementAndGet();
                throw new IllegalStateException("on purpose");
            });
            beats.add(nanos -> {
                if (faulting.incrementAndGet() < 3) throw new InternalError("on purpose");
            });
            beats.add(nanos -> good.incrementAndGet());
            eventually(() -> good.get() > 10 && failing.get() > 10 && faulting.get() > 10);
        }
    }

    @Test
    void whoIsRemovedBeatsNoMore() {
        try (Beats beats = new Beats(Duration.ofMillis(1))) {
            AtomicInteger gone = new AtomicInteger();
            AtomicInteger stays = new AtomicInteger();
            Beats.Beating leaving = nanos -> gone.incrementAndGet();
            beats.add(leaving);
            beats.add(nanos -> stays.incrementAndGet());
            eventually(() -> gone.get() > 0);
            beats.remove(leaving);
            int first = stays.get();
            eventually(() -> stays.get() > first + 1);
            int last = gone.get();
            int then = stays.get();
            eventually(() -> stays.get() > then + 5);
            assertEquals(last, gone.get());
        }
    }

    @Test
    void aProducerBeatsWhileItWaitsAndNoMoreAfterItsClose() {
        DataBlockProducer out = hub.hub().create(BlockSpec.named("b").slots(3).slotBytes(8));
        Block look = hub.block("b", Block.Use.LOOK);
        long first = Words.opaque(look.state, StateLayout.BEAT_NS);
        eventually(() -> Words.opaque(look.state, StateLayout.BEAT_NS) > first);
        assertEquals(5_000_000, Words.opaque(look.state, StateLayout.BEAT_INTERVAL_NS));
        long utc = Words.opaque(look.state, StateLayout.BEAT_NS) + Words.opaque(look.state, StateLayout.UTC_OFFSET_NS);
        assertTrue(Math.abs(utc / 1_000_000 - System.currentTimeMillis()) < 60_000);
        out.close();
        long last = Words.opaque(look.state, StateLayout.BEAT_NS);
        try (DataBlockProducer other =
                hub.hub().create(BlockSpec.named("other").slots(3).slotBytes(8))) {
            eventually(() -> hub.hub().info("other").beatAgeNanos() >= 0);
        }
        assertEquals(last, Words.opaque(look.state, StateLayout.BEAT_NS));
    }
}
