package org.datahub.itests.crash;

import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.ProducerState;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.engine.Inside;
import org.datahub.itests.crash.Notes.Word;

/// An operator who stands in for the producer of a stream that has ended, or was killed: asks for
/// what can't be, then hands the block over.
///
/// @param ended whether the stream has
record StandInScenario(boolean ended) implements Scenario {
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
        DataBlockProducer first = stage.hub.create(stage.spec());
        for (int round = 0; round < stage.shape.cells() + 2; round++) Writer.write(first, 1);
        stage.notes.set(Word.DONE, first.next());
        if (ended) first.close(REASON);
        else Inside.die(stage.hub, first);
        return () -> {
            long head = stage.headAfterVictim();
            BlockInfo info = stage.hub.info(Stage.BLOCK);
            ProducerState wanted = ended ? ProducerState.ENDED : ProducerState.KILLED;
            if (info.producerState() != wanted || !info.endReason().equals(ended ? REASON : "")) {
                throw new AssertionError("the end is another: " + info);
            }
            HandoverScenario.requireNewest(stage, head);
            lossless.awaitPosition(head);
            long end = HandoverScenario.succeed(stage, head);
            lossless.finishWithoutGap(end);
            observer.finish(end);
        };
    }
}
