package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.Marked.write;
import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.GapReason;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Next;
import org.datahub.api.StallPolicy;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.WriteTransaction;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The key epoch of a slot can end between the proof that the slot is whole and its verification:
/// then it was lost, and nobody spoilt it.
@Deadline
class LateVerificationTest {
    private static final int SLOTS = 12;
    private static final int BATCH = 4;
    private static final Duration NOW = Duration.ZERO;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b")
            .slots(SLOTS)
            .batch(BATCH)
            .slotBytes(8)
            .integrity("hmac-sha256")
            .writeTimeout(SOON);
    private final TestIntegrity hmac = new TestIntegrity("hmac-sha256", 2);

    @BeforeEach
    void provide() {
        hmac.keyId = 71;
        hub.providers.add(hmac, 0);
    }

    private static void writeSealed(DataBlockProducer out) {
        try (WriteTransaction tx = out.begin(SOON)) {
            tx.seal();
            tx.commit();
        }
    }

    /// So many that the next one ends the present epoch.
    private static void rotate(DataBlockProducer out) {
        for (int epoch = 1; epoch < StateLayout.KEY_EPOCHS; epoch++) out.rotateKey();
    }

    /// Ends the epoch of the newest slot n, as early as may be: the next slot is n + 1 + `slots` then.
    private static void endEpoch(DataBlockProducer out, int slots) {
        rotate(out);
        write(out, slots);
        out.rotateKey();
    }

    /// What happens once somebody has a slot and asks for the provider to verify it with.
    private void meanwhile(Runnable what) {
        hmac.whileNamed = () -> {
            hmac.whileNamed = () -> {};
            what.run();
        };
    }

    private DataBlockConsumer observer() {
        return hub.hub().attach("b", ConsumerSpec.observer().from(StartFrom.OLDEST));
    }

    private static void assertLost(DataBlockConsumer in, long n, GapReason reason) {
        assertEquals(Next.GAP, in.next(NOW));
        assertEquals(n, in.gapFrom());
        assertEquals(n + 1, in.gapTo());
        assertEquals(reason, in.gapReason());
        assertEquals(1, in.missed());
    }

    private static void assertReads(DataBlockConsumer in, long n) {
        Marked.read(in, n, NOW);
    }

    @Test
    void anObserverLosesACopyWhoseCellWasWrittenAgain() {
        DataBlockProducer out = hub.hub().create(spec);
        write(out, 1);
        DataBlockConsumer in = observer();
        meanwhile(() -> {
            endEpoch(out, SLOTS);
            write(out, BATCH);
        });
        assertLost(in, 0, GapReason.OVERRUN);
        assertReads(in, 1);
    }

    @Test
    void soItDoesWhereTheCellStandsAsItWas() {
        DataBlockProducer out = hub.hub().create(spec);
        write(out, 1);
        DataBlockConsumer in = observer();
        meanwhile(() -> endEpoch(out, SLOTS));
        assertLost(in, 0, GapReason.OVERRUN);
        for (long n = 1; n <= SLOTS; n++) assertReads(in, n);
    }

    @Test
    void whatIsDamagedStaysSoHoweverLateThatIsSeen() {
        DataBlockProducer out = hub.hub().create(spec);
        Block block = ((Handle) out).block;
        write(out, 1);
        SlotHeader.describe(block.data, block.geometry.cellOf(0), 7, 2, 1); // another length than was sealed
        DataBlockConsumer in = observer();
        meanwhile(() -> write(out, SLOTS + BATCH));
        assertRefused(ErrorCode.SLOT_CORRUPT, () -> in.next(NOW));
        assertEquals(GapReason.BAD, in.gapReason());
    }

    @Test
    void whoWasLetGoLosesItByThat() {
        DataBlockProducer out = hub.hub().create(spec.stall(Duration.ofMillis(1), StallPolicy.EVICT));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 1); // acknowledges the join
        meanwhile(() -> endEpoch(out, SLOTS));
        assertLost(in, 0, GapReason.EVICTED);
        for (long n = 1; n <= SLOTS; n++) assertReads(in, n);
    }

    @Test
    void theValueThatReplacedItIsReadPinnedOrCopied() {
        for (ConsumerSpec kind : new ConsumerSpec[] {ConsumerSpec.observer(), ConsumerSpec.pinned()}) {
            BlockSpec state = BlockSpec.named("b").slots(1).slotBytes(8).integrity("hmac-sha256");
            DataBlockProducer out = hub.hub().create(state.policy(SyncPolicy.LATEST_ONLY));
            write(out, 1);
            DataBlockConsumer in = hub.hub().attach("b", kind);
            meanwhile(() -> endEpoch(out, 1));
            assertReads(in, 1);
            assertEquals(0, in.missed()); // before the first that was read
            in.close();
            out.close();
            hub.hub().remove("b");
        }
    }

    @Test
    void aSlotOfAGenerationThatIsRetiredIsLost() {
        DataBlockProducer out = hub.hub().create(spec);
        write(out, 1);
        DataBlockConsumer in = observer();
        meanwhile(() -> {
            rotate(out);
            hub.open("operator").admin("b").handover(HandoverSpec.same().slots(BATCH), SOON);
            HubFixture.eventually(() -> {
                write(out, 1);
                return !Files.exists(hub.file("b", "data.1"));
            });
            out.rotateKey();
        });
        assertLost(in, 0, GapReason.OVERRUN);
    }

    @Test
    void whoVerifiesByHandIsToldThatItIsTooLate() {
        DataBlockProducer out = hub.hub().create(spec.integrityMode(IntegrityMode.MANUAL));
        writeSealed(out);
        DataBlockConsumer in = observer();
        assertEquals(Next.SLOT, in.next(NOW));
        endEpoch(out, SLOTS);
        assertNames(assertRefused(ErrorCode.KEY_MISSING, in::verify), "block=b", "slot=0");
        assertTrue(in.release());
        writeSealed(out);
        Block block = ((Handle) out).block;
        long newest = SLOTS + 1;
        SlotHeader.describe(block.data, block.geometry.cellOf(newest), 8, 2, 200); // an epoch that never was
        in.seek(newest);
        assertEquals(Next.SLOT, in.next(NOW));
        assertFalse(in.verify());
    }
}
