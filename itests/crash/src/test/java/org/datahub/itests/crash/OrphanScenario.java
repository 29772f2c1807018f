package org.datahub.itests.crash;

import java.nio.file.Files;
import java.nio.file.Path;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Participant;
import org.datahub.itests.crash.Notes.Word;

/// Somebody takes the block's name away: its participants are told so, and the name can be had
/// anew.
///
/// @param party who the victim is
record OrphanScenario(Party party) implements Scenario {
    private static final String AWAY = "away";

    @Override
    public void victim(Victim me) {
        try (Participant participant = participant(me)) {
            me.notes().set(Word.READY, 2);
            me.await("the name is gone", () -> isOrphaned(participant));
        }
    }

    private Participant participant(Victim me) {
        return party == Party.PRODUCER
                ? me.hub().create(me.spec())
                : me.hub().attach(Stage.BLOCK, ConsumerSpec.observer());
    }

    private static boolean isOrphaned(Participant participant) {
        try {
            participant.zone(Stage.ZONE).get(0);
            return false;
        } catch (DataHubException e) {
            if (e.code() != ErrorCode.BLOCK_ORPHANED) throw e;
            return true;
        }
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.spec());
        return new Witness() {
            private boolean moved;

            @Override
            public void meanwhile() throws Exception {
                if (!stage.awaitVictim("it is there", () -> stage.notes.get(Word.READY) == 2)) return;
                Path block = stage.directory.resolve(Stage.BLOCK);
                Files.move(block, block.resolveSibling(AWAY));
                moved = true;
            }

            @Override
            public void after() {
                try (DataBlockProducer next = stage.hub.create(stage.spec())) {
                    if (next.next() != 0) throw new AssertionError("not a new block: slot=" + next.next());
                    Writer.write(next, 1);
                }
                if (moved) stage.hub.remove(AWAY);
            }
        };
    }
}
