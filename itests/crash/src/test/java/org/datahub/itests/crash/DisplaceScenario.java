package org.datahub.itests.crash;

import java.io.IOException;
import org.datahub.api.DataBlockProducer;

/// A block outside the hub directory is removed: it is there whole, or it is not there.
final class DisplaceScenario implements Scenario {
    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public void victim(Victim me) {
        me.hub().remove(Stage.BLOCK);
    }

    @Override
    public Witness before(Stage stage) throws IOException {
        stage.makeHome();
        long slots = stage.shape.slots() + 2L;
        try (DataBlockProducer out = stage.hub.create(PlaceScenario.spec(stage.shape))) {
            for (long n = 0; n < slots; n++) Writer.write(out, 1);
        }
        return () -> {
            try (DataBlockProducer out = stage.hub.create(PlaceScenario.spec(stage.shape))) {
                if (out.next() != 0 && out.next() != slots) throw new AssertionError("the next slot is " + out.next());
                if (out.next() == slots) stage.requireNewest(slots);
                Writer.write(out, stage.incarnation());
            }
        };
    }
}
