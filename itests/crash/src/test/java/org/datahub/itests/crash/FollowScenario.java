package org.datahub.itests.crash;

import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.Delivery;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.itests.crash.Notes.Word;

/// A lossless consumer that follows from generation to generation, until one comes that it can't map.
final class FollowScenario implements Scenario {
    private static final String UNKNOWN = "file";

    @Override
    public Party party() {
        return Party.CONSUMER;
    }

    @Override
    public void victim(Victim me) {
        try (DataHub hub = me.hubWithout(UNKNOWN);
                DataBlockConsumer in = hub.attach(Stage.BLOCK, ConsumerSpec.lossless())) {
            me.notes().set(Word.READY, 2);
            Account account = new Account(in, Delivery.LOSSLESS, false);
            Next next;
            do next = account.read(Await.PATIENCE);
            while (next == Next.SLOT || next == Next.GAP); // a gap before it is protected
            if (next != Next.END || !in.endReason().contains("can't be mapped")) {
                throw new AssertionError("ended with " + next + ": " + in.endReason());
            }
        }
    }

    @Override
    public Witness before(Stage stage) throws Exception {
        stage.makeHome();
        FlowSurvivors flow = new FlowSurvivors(stage, stage.spec());
        return new Witness() {
            @Override
            public void meanwhile() {
                if (!stage.awaitVictim("it is there", () -> stage.notes.get(Word.READY) == 2)) return;
                HandoverSpec wanted = HandoverSpec.same().slots(stage.shape.slots() + 1);
                handOver(wanted);
                handOver(wanted.slotBytes(2L * Pattern.MOST_BYTES));
                refuse(); // and is taken back when it follows into the next one
                handOver(HandoverSpec.same().allocator("shm"));
                handOver(HandoverSpec.same().allocator(UNKNOWN).forced());
                stage.awaitVictim("the victim ends", () -> false);
            }

            /// The victim can't follow; where it is dead, nobody keeps the stream from going on there.
            private void refuse() {
                try {
                    handOver(HandoverSpec.same().allocator(UNKNOWN));
                } catch (DataHubException e) {
                    if (e.code() != ErrorCode.HANDOVER_CANCELLED) throw e;
                }
            }

            private void handOver(HandoverSpec spec) {
                while (true) {
                    try {
                        stage.hub.admin(Stage.BLOCK).handover(spec, Await.PATIENCE);
                        return;
                    } catch (DataHubException e) {
                        if (e.code() != ErrorCode.REQUEST_REFUSED) throw e; // the one before is not over
                        flow.writer().requireSound();
                    }
                }
            }

            @Override
            public void after() {
                flow.after();
            }
        };
    }
}
