package org.datahub.itests.crash;

import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.ProducerState;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.engine.Inside;
import org.datahub.itests.crash.Notes.Word;

/// An operator who stands in for a producer: asks for what can't be, then hands the block over.
///
/// @param found what the block's last producer is
record StandInScenario(ProducerState found) implements Scenario {
    private static final String REASON = "planned";

    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public void victim(Victim me) {
        if (Stage.askInVain(me.hub(), Await.PATIENCE) != ErrorCode.REQUEST_REFUSED) {
            throw new AssertionError("nobody stood in");
        }
        HandoverSpec wanted = HandoverSpec.same().slots(me.shape().slots() + 2).slotBytes(Pattern.MOST_BYTES + 64);
        me.hub().admin(Stage.BLOCK).handover(wanted, Await.PATIENCE);
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.spec());
        Reader lossless = stage.reader(ConsumerSpec.lossless());
        Reader observer = stage.reader(ConsumerSpec.observer());
        if (found != ProducerState.NONE) produce(stage);
        return () -> {
            long head = stage.headAfterVictim();
            requireAsFound(stage.hub.info(Stage.BLOCK));
            HandoverScenario.requireNewest(stage, head);
            lossless.awaitPosition(head);
            long end = HandoverScenario.succeed(stage, head);
            lossless.finishWithoutGap(end);
            observer.finish(end);
        };
    }

    private void produce(Stage stage) {
        DataBlockProducer first = stage.hub.create(stage.spec());
        for (int round = 0; round < stage.shape.cells() + 2; round++) Writer.write(first, 1);
        stage.notes.set(Word.DONE, first.next());
        if (found == ProducerState.ENDED) first.close(REASON);
        else Inside.die(stage.hub, first);
    }

    /// Where nobody has produced, a stand-in that died is taken for the first who did.
    private void requireAsFound(BlockInfo info) {
        ProducerState state = info.producerState();
        boolean first = found == ProducerState.NONE && state == ProducerState.KILLED;
        String reason = found == ProducerState.ENDED ? REASON : "";
        if ((state != found && !first) || !info.endReason().equals(reason)) {
            throw new AssertionError("the end is another: " + info);
        }
    }
}
