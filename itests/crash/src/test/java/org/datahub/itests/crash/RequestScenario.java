package org.datahub.itests.crash;

import java.time.Duration;
import org.datahub.api.ErrorCode;

/// An operator who asks the producer for something, and gives up at once or waits for the answer.
/// Whoever asks after his death is answered.
final class RequestScenario implements Scenario {
    private static final int TIMES = 3;

    @Override
    public Party party() {
        return Party.CONSUMER;
    }

    @Override
    public void victim(Victim me) {
        for (int time = 0; time < TIMES; time++) {
            Stage.askInVain(me.hub(), Duration.ZERO);
            if (Stage.askInVain(me.hub(), Await.PATIENCE) != ErrorCode.REQUEST_REFUSED) {
                throw new AssertionError("the producer has not answered");
            }
        }
    }

    @Override
    public Witness before(Stage stage) {
        Witness flow = new FlowSurvivors(stage, stage.spec());
        return () -> {
            ErrorCode answer = Stage.askInVain(stage.hub, Await.PATIENCE);
            if (answer != ErrorCode.REQUEST_REFUSED) throw new AssertionError("the next who asks gets " + answer);
            flow.after();
        };
    }
}
