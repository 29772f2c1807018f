package org.datahub.itests.crash;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.FlexibleZone;
import org.datahub.api.Participant;
import org.datahub.itests.crash.Notes.Word;

/// Snapshots and fields of a flexible zone, written by several at once: each word of a snapshot is
/// its number.
///
/// @param party who the victim is
record ZoneScenario(Party party) implements Scenario {
    private static final int SUM = 0;
    private static final int LAST = 1;
    private static final int NEVER = 2;
    private static final int ROUNDS = 12;

    @Override
    public void victim(Victim me) {
        try (Participant participant = participant(me)) {
            FlexibleZone zone = participant.zone(Stage.ZONE);
            for (int round = 0; round < ROUNDS; round++) {
                me.notes().set(Word.PENDING, 1);
                play(participant);
                me.done(round + 1);
                me.notes().set(Word.PENDING, 0);
                zone.awaitChange(zone.changes(), Duration.ofMillis(2));
            }
        }
    }

    private Participant participant(Victim me) {
        return party == Party.PRODUCER
                ? me.hub().create(me.spec())
                : me.hub().attach(Stage.BLOCK, ConsumerSpec.observer());
    }

    private static void play(Participant me) {
        FlexibleZone zone = me.zone(Stage.ZONE);
        long before = snapshot(zone);
        long published = zone.publish(Await.PATIENCE, ZoneScenario::next);
        if (published <= before) throw new AssertionError("snapshot " + published + " came after " + before);
        if (snapshot(zone) < published) throw new AssertionError("snapshot " + published + " is not there");
        zone.add(SUM, 1);
        zone.set(LAST, published);
        zone.replace(NEVER, 1, 2);
        zone.replace(NEVER, 0, 0);
    }

    private static void next(MemorySegment snapshot) {
        long number = uniform(snapshot);
        for (long at = 0; at < snapshot.byteSize(); at += Long.BYTES) {
            if (at == snapshot.byteSize() / 2) Trap.at("edit");
            snapshot.set(ValueLayout.JAVA_LONG_UNALIGNED, at, number + 1);
        }
    }

    private static long snapshot(FlexibleZone zone) {
        try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Stage.ZONE_BYTES);
            long number = zone.read(copy);
            if (uniform(copy) != number) throw new AssertionError("snapshot " + number + " holds " + uniform(copy));
            return number;
        }
    }

    private static long uniform(MemorySegment snapshot) {
        long first = snapshot.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        for (long at = Long.BYTES; at < snapshot.byteSize(); at += Long.BYTES) {
            long word = snapshot.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
            if (word != first) throw new AssertionError("torn snapshot: " + first + " and " + word + " at " + at);
        }
        return first;
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.spec());
        Participant other = party == Party.PRODUCER ? stage.consumer(ConsumerSpec.observer()) : stage.producer();
        Rival rival = stage.closing(new Rival(other, ZoneScenario::play));
        return () -> {
            rival.awaitMore(10);
            long rounds = rival.finish();
            try (Participant late = stage.hub.attach(Stage.BLOCK, ConsumerSpec.observer())) {
                long sum = late.zone(Stage.ZONE).get(SUM);
                long certain = rounds + stage.notes.get(Word.DONE);
                if (sum < certain || sum > certain + stage.notes.get(Word.PENDING)) {
                    throw new AssertionError("sum=" + sum + ", rounds=" + certain);
                }
                snapshot(late.zone(Stage.ZONE));
                play(late);
            }
        };
    }
}
