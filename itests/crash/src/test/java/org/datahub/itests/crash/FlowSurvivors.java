package org.datahub.itests.crash;

import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;

/// A producer and a lossless consumer that outlive another consumer: nothing that it held holds
/// them up.
final class FlowSurvivors implements Scenario.Witness {
    private final Stage stage;
    private final Reader lossless;
    private final Writer writer;

    /// The consumer attaches first, so that the producer protects it from the first slot on.
    FlowSurvivors(Stage stage, BlockSpec spec) {
        this.stage = stage;
        stage.declare(spec);
        this.lossless = stage.reader(ConsumerSpec.lossless());
        this.writer = stage.writer(spec);
    }

    Writer writer() {
        return writer;
    }

    @Override
    public void after() {
        writer.awaitMore(2L * stage.shape.cells() + 3);
        lossless.finishWithoutGap(writer.finish());
    }
}
