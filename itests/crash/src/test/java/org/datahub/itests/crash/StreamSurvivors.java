package org.datahub.itests.crash;

import org.datahub.api.ConsumerSpec;

/// A lossless consumer and an observer that outlive a producer, and its successor.
final class StreamSurvivors implements Scenario.Witness {
    private final Stage stage;
    private final Reader lossless;
    private final Reader observer;

    /// They attach now, before the victim takes the block over.
    StreamSurvivors(Stage stage) {
        this.stage = stage;
        this.lossless = stage.reader(ConsumerSpec.lossless());
        this.observer = stage.reader(ConsumerSpec.observer());
    }

    Reader lossless() {
        return lossless;
    }

    @Override
    public void after() {
        long head = stage.headAfterVictim();
        stage.requireNewest(head);
        lossless.awaitPosition(head);
        long end = stage.succeed(head, 2L * stage.shape.cells() + 3);
        lossless.finishWithoutGap(end);
        observer.finish(end);
    }
}
