package org.datahub.itests.crash;

import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Delivery;

/// The newest value of a state block is read, in place by a pin or as a copy; the reader leaves
/// with a value in its hands.
///
/// @param delivery PINNED or OBSERVER
record ValueScenario(Delivery delivery) implements Scenario {
    @Override
    public Party party() {
        return Party.CONSUMER;
    }

    @Override
    public boolean fits(Shape shape) {
        return shape.slots() <= 2;
    }

    /// A value that is replaced between the look and the pin.
    @Override
    public String slow() {
        return delivery == Delivery.PINNED ? "StateReader.takePin@Words.release#1" : null;
    }

    private ConsumerSpec spec() {
        return delivery == Delivery.PINNED ? ConsumerSpec.pinned() : ConsumerSpec.observer();
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockConsumer in = me.hub().attach(Stage.BLOCK, spec())) {
            Account account = new Account(in, delivery, true);
            for (int round = 0; account.verified() < 12; round++) {
                if (round % 2 == 0) account.read(Await.PATIENCE);
                else account.take(1, Await.PATIENCE);
            }
            in.next(Await.PATIENCE);
        }
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.stateSpec());
        Reader pinning = stage.reader(ConsumerSpec.pinned());
        Reader copying = stage.reader(ConsumerSpec.observer());
        Writer writer = stage.writer();
        return () -> {
            writer.awaitMore(40);
            long end = writer.finish();
            pinning.finish(end);
            copying.finish(end);
        };
    }
}
