package org.datahub.itests.crash;

import org.datahub.api.DataBlockProducer;

/// A block is removed: afterwards its name is free, or the block is as it was.
final class RemoveScenario implements Scenario {
    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public void victim(Victim me) {
        me.hub().remove(Stage.BLOCK);
    }

    @Override
    public Witness before(Stage stage) {
        long slots = stage.shape.slots() + 2L;
        try (DataBlockProducer out = stage.hub.create(stage.spec())) {
            for (long n = 0; n < slots; n++) Writer.write(out, 1);
        }
        return () -> {
            try (DataBlockProducer out = stage.hub.create(stage.spec())) {
                if (out.next() != 0 && out.next() != slots) throw new AssertionError("the next slot is " + out.next());
                if (out.next() == slots) stage.requireNewest(slots);
                Writer.write(out, stage.incarnation());
            }
        };
    }
}
