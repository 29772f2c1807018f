package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.Marked.write;
import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockAdmin;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.keys.KeyLimits;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Deadline
class KeyEpochsTest {
    private static final int SLOTS = 12;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b")
            .slots(SLOTS)
            .slotBytes(8)
            .integrity("hmac-sha256")
            .writeTimeout(SOON);
    private final TestIntegrity hmac = new TestIntegrity("hmac-sha256", 2);
    private final TestIntegrity blake = new TestIntegrity("blake2b-256", 3);

    @BeforeEach
    void provide() {
        hmac.keyId = 71;
        blake.keyId = 72;
        hub.providers.add(hmac, 0);
        hub.providers.add(blake, 0);
    }

    private static long epoch(Block block) {
        return KeyEpochs.newest(block.state);
    }

    /// Low bits of the epoch of slot n.
    private static int epochOf(Block block, long n) {
        return SlotHeader.keyEpoch(SlotHeader.description(block.data, block.geometry.cellOf(n)));
    }

    private void assertAllAreGood(ConsumerSpec consumer, long count) {
        try (DataBlockConsumer in = hub.hub().attach("b", consumer.from(StartFrom.OLDEST))) {
            for (long i = 0; i < count; i++) {
                assertEquals(Next.SLOT, in.next(Duration.ZERO));
                assertEquals(in.number(), in.user());
                assertTrue(in.release());
            }
            assertEquals(0, in.missed());
        }
    }

    @Test
    void theFirstKeyBeginsTheFirstEpochAndEachRotationAnother() {
        DataBlockProducer out = hub.hub().create(spec);
        Block block = ((Handle) out).block;
        write(out, 2);
        assertEquals(1, epoch(block));
        assertEquals(71, KeyEpochs.keyId(block.state, 1));
        assertEquals(2, out.rotateKey());
        write(out, 2);
        assertEquals(3, out.rotateKey());
        write(out, 2);
        assertEquals(
                "1 1 2 2 3 3",
                java.util.stream.LongStream.range(0, 6)
                        .mapToObj(n -> String.valueOf(epochOf(block, n)))
                        .collect(java.util.stream.Collectors.joining(" ")));
        assertAllAreGood(ConsumerSpec.lossless(), 6);
    }

    @Test
    void anotherSecretIsAnotherEpochAndASecretThatComesBackHasItsOwn() {
        DataBlockProducer out = hub.hub().create(spec);
        Block block = ((Handle) out).block;
        write(out, 1);
        for (int swap = 0; swap < 20; swap++) {
            hub.providers.remove(hmac);
            hmac.keyId = swap % 2 == 0 ? 99 : 71;
            hub.providers.add(hmac, 0);
            write(out, 1);
        }
        assertEquals(2, epoch(block));
        assertAllAreGood(ConsumerSpec.observer(), SLOTS);
    }

    @Test
    void whoStandsInAfterAHandoverKnowsTheAlgorithmOfTheNewestSlot() {
        DataBlockProducer out = hub.hub().create(spec.integrity("blake2b-256"));
        write(out, 2);
        out.close();
        BlockAdmin admin = hub.hub().admin("b");
        admin.handover(HandoverSpec.same().slots(2 * SLOTS), SOON);
        assertEquals("blake2b-256", hub.hub().info("b").integrity());
        assertEquals(2, admin.rotateKey(SOON));
        assertAllAreGood(ConsumerSpec.lossless(), 2);
    }

    @Test
    void anAlgorithmWithoutKeysTakesNoEpoch() {
        DataBlockProducer out = hub.hub().create(spec.integrity("crc32c"));
        write(out, 3);
        assertEquals(0, epoch(((Handle) out).block));
        assertThrows(IllegalStateException.class, out::rotateKey);
        assertAllAreGood(ConsumerSpec.lossless(), 3);
    }

    @Test
    void noEpochEndsWhileOneOfTheNewestSlotsIsSealedWithIt() {
        DataBlockProducer out = hub.hub().create(spec);
        Block block = ((Handle) out).block;
        for (int rotation = 1; rotation < StateLayout.KEY_EPOCHS; rotation++) {
            write(out, 1);
            out.rotateKey();
        }
        write(out, 1);
        assertEquals(StateLayout.KEY_EPOCHS, epoch(block));
        // Slot 0 has the first epoch, whose place is wanted, until it is older than the newest K.
        while (out.next() <= SLOTS) {
            assertNames(assertRefused(ErrorCode.ROTATION_REFUSED, out::rotateKey), "block=b", "next=" + out.next());
            assertAllAreGood(ConsumerSpec.lossless(), Math.min(SLOTS, out.next()));
            write(out, 1);
        }
        assertEquals(StateLayout.KEY_EPOCHS + 1, out.rotateKey());
        write(out, 1);
        assertAllAreGood(ConsumerSpec.observer(), SLOTS);
    }

    @Test
    void noEpochEndsWhileAGenerationThatWasLeftHasSlotsOfIt() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.closing(hub.open("consumer").attach("b", ConsumerSpec.lossless()));
        for (int rotation = 1; rotation < StateLayout.KEY_EPOCHS; rotation++) {
            write(out, 1);
            out.rotateKey();
        }
        write(out, 1);
        hub.open("operator").admin("b").handover(HandoverSpec.same().slots(2), SOON);
        write(out, 2); // as many as the new one holds
        assertRefused(ErrorCode.ROTATION_REFUSED, out::rotateKey);
        out.close();
        BlockSpec successor = BlockSpec.named("b").integrity("hmac-sha256").writeTimeout(SOON);
        try (DataBlockProducer next = hub.hub().create(successor)) {
            assertRefused(ErrorCode.ROTATION_REFUSED, next::rotateKey);
            for (long n = 0; n < StateLayout.KEY_EPOCHS + 2; n++) {
                Next found = in.next(SOON);
                if (found == Next.END) found = in.next(SOON); // its first producer's
                assertEquals(Next.SLOT, found);
                assertEquals(n, in.user());
                assertTrue(in.release());
            }
            HubFixture.eventually(() -> !Files.exists(hub.file("b", "data.1")));
            assertEquals(StateLayout.KEY_EPOCHS + 1, next.rotateKey());
        }
    }

    @Test
    void norWhereTheEpochWentOnBehindTheCut() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.closing(hub.open("consumer").attach("b", ConsumerSpec.lossless()));
        write(out, 1);
        hub.open("operator").admin("b").handover(HandoverSpec.same().slots(2), SOON);
        Block block = ((Handle) out).block;
        KeyEpochs epochs = new KeyEpochs(block);
        long spanning = epochs.begin(71);
        epochs.sealed(spanning, 0);
        epochs.sealed(spanning, 1);
        while (epoch(block) < spanning + StateLayout.KEY_EPOCHS - 1) epochs.begin(71);
        assertEquals(101, epochs.beginsAt(100));
        in.close();
        HubFixture.eventually(() -> {
            write(out, 1);
            return !Files.exists(hub.file("b", "data.1"));
        });
        assertEquals(1 + 1 + 2, epochs.beginsAt(100));
    }

    @Test
    void aNewSecretWaitsForAnEpochToo() {
        DataBlockProducer out = hub.hub().create(spec);
        for (int rotation = 1; rotation < StateLayout.KEY_EPOCHS; rotation++) {
            write(out, 1);
            out.rotateKey();
        }
        write(out, 1);
        hub.providers.remove(hmac);
        hmac.keyId = 99;
        hub.providers.add(hmac, 0);
        assertRefused(ErrorCode.ROTATION_REFUSED, () -> out.claim(Duration.ZERO));
        hub.providers.remove(hmac);
        hmac.keyId = 71;
        hub.providers.add(hmac, 0);
        write(out, SLOTS);
        hub.providers.remove(hmac);
        hmac.keyId = 99;
        hub.providers.add(hmac, 0);
        write(out, 1);
        assertAllAreGood(ConsumerSpec.observer(), SLOTS);
    }

    @Test
    void whoTakesOverFindsTheEpochOfItsKeyAndWhatTheNewestSlotsNeed() {
        try (DataBlockProducer out = hub.hub().create(spec)) {
            for (int rotation = 1; rotation < StateLayout.KEY_EPOCHS; rotation++) {
                write(out, 1);
                out.rotateKey();
            }
            write(out, 1);
        }
        try (DataBlockProducer out = hub.hub().create(spec)) {
            Block block = ((Handle) out).block;
            assertRefused(ErrorCode.ROTATION_REFUSED, out::rotateKey);
            write(out, SLOTS);
            assertEquals(StateLayout.KEY_EPOCHS, epoch(block));
        }
        // With another secret at once: no slot has the first epoch any more.
        hmac.keyId = 99;
        try (DataBlockProducer out = hub.hub().create(spec)) {
            write(out, 1);
            assertEquals(StateLayout.KEY_EPOCHS + 1, epoch(((Handle) out).block));
        }
        assertAllAreGood(ConsumerSpec.observer(), SLOTS);
    }

    @Test
    void anEpochThatDiedHalfBegunIsTheNextOnes() {
        try (DataBlockProducer out = hub.hub().create(spec)) {
            write(out, 2);
            Block block = ((Handle) out).block;
            Words.release(block.state, StateLayout.KEY_EPOCH, 2); // and no key
        }
        try (DataBlockProducer out = hub.hub().create(spec)) {
            write(out, 1);
            assertEquals(3, out.rotateKey());
            write(out, 1);
        }
        assertAllAreGood(ConsumerSpec.lossless(), 4);
    }

    @Test
    void aSlotWhoseEpochHasNoKeyIsBadAndDoesNotHoldTheConsumerUp() {
        DataBlockProducer out = hub.hub().create(spec);
        Block block = ((Handle) out).block;
        write(out, 2);
        SlotHeader.describe(block.data, block.geometry.cellOf(0), 8, 2, 200);
        try (DataBlockConsumer in =
                hub.hub().attach("b", ConsumerSpec.lossless().from(StartFrom.OLDEST))) {
            assertRefused(ErrorCode.SLOT_CORRUPT, () -> in.next(Duration.ofHours(1)));
            assertEquals(Next.SLOT, in.next(Duration.ZERO));
        }
    }

    @Test
    void theValueOfAStateBlockIsVerifiedWithItsOwnEpoch() {
        DataBlockProducer out = hub.hub().create(spec.slots(1).policy(SyncPolicy.LATEST_ONLY));
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.pinned());
        for (int rotation = 1; rotation < 3 * StateLayout.KEY_EPOCHS; rotation++) {
            write(out, 1);
            assertEquals(Next.SLOT, in.next(Duration.ZERO));
            assertEquals(rotation - 1, in.user());
            assertTrue(in.release());
            assertEquals(rotation + 1, out.rotateKey());
        }
    }

    @Test
    void twoAlgorithmsWithKeysHaveEpochsOfTheirOwn() {
        TestIntegrity[] both = {hmac, blake};
        BoundIntegrity bound = new BoundIntegrity(hub.providers);
        bound.set(hmac);
        Sealing sealing = new Sealing(hub.produced(spec), bound, () -> 0, KeyLimits.NONE);
        for (int swap = 0; swap < 2 * StateLayout.KEY_EPOCHS; swap++) {
            bound.set(both[swap % 2]);
            assertTrue(sealing.ready());
        }
        assertEquals(2, epoch(hub.block("b", Block.Use.LOOK)));
    }

    @Test
    void anEpochEndsAfterSoManySlots() {
        try (DataBlockProducer out = hub.hub().create(spec.keyLimits(new KeyLimits(3, Duration.ZERO)))) {
            write(out, 8);
            Block block = hub.block("b", Block.Use.LOOK);
            for (long n = 0; n < 8; n++) assertEquals(1 + n / 3, epochOf(block, n), "slot " + n);
            hub.providers.add(new TestIntegrity("other", 99), 0); // somebody else's coming does not count anew
            write(out, 1);
            assertEquals(3, epoch(block));
            write(out, 1);
            assertEquals(4, epoch(block));
            out.rotateKey();
            write(out, 3);
            assertEquals(5, epoch(block)); // three slots of the new one
            write(out, 1);
            assertEquals(6, epoch(block));
        }
    }

    @Test
    void anEpochThatCantEndYetGoesOn() {
        try (DataBlockProducer out = hub.hub().create(spec.keyLimits(new KeyLimits(1, Duration.ZERO)))) {
            write(out, 3 * SLOTS); // more epochs than are known, in a ring of 12
        }
        assertAllAreGood(ConsumerSpec.observer(), SLOTS);
        assertTrue(epoch(hub.block("b", Block.Use.LOOK)) > StateLayout.KEY_EPOCHS);
    }

    @Test
    void anEpochWhoseKeyIsNotThereDoesNotBegin() {
        try (DataBlockProducer out = hub.hub().create(spec.keyLimits(new KeyLimits(2, Duration.ZERO)))) {
            Block block = hub.block("b", Block.Use.LOOK);
            write(out, 2);
            hmac.held = false;
            assertRefused(ErrorCode.KEY_MISSING, out::rotateKey);
            assertRefused(ErrorCode.KEY_MISSING, () -> hub.hub().admin("b").rotateKey(SOON));
            write(out, 2);
            assertEquals(1, epoch(block));
            assertEquals(1, epochOf(block, 3));
            hmac.held = true;
            write(out, 1);
            assertEquals(2, epochOf(block, 4));
        }
        assertAllAreGood(ConsumerSpec.observer(), 5);
        assertEquals(2, hub.hub().info("b").counters().get("key_epochs"));
    }

    @Test
    void anEpochEndsWithItsTime() {
        try (DataBlockProducer out = hub.hub().create(spec.keyLimits(new KeyLimits(0, Duration.ofMillis(20))))) {
            write(out, 1);
            Block block = hub.block("b", Block.Use.LOOK);
            assertEquals(1, epoch(block));
            HubFixture.eventually(() -> {
                write(out, 1);
                return epoch(block) > 1;
            });
        }
    }

    @Test
    void anOperatorRotatesFromAnyProcess() {
        try (DataBlockProducer out = hub.hub().create(spec)) {
            write(out, 2);
            BlockAdmin operator = hub.open("operator").admin("b");
            assertEquals(2, operator.rotateKey(SOON));
            write(out, 1);
            Block block = hub.block("b", Block.Use.LOOK);
            assertEquals(1, epochOf(block, 1));
            assertEquals(2, epochOf(block, 2));
            for (int epoch = 3; epoch <= StateLayout.KEY_EPOCHS; epoch++) {
                assertEquals(epoch, operator.rotateKey(SOON));
                write(out, 1);
            }
            assertNames(
                    assertRefused(ErrorCode.ROTATION_REFUSED, () -> operator.rotateKey(SOON)),
                    "again.at.slot=" + (2 + SLOTS));
            hub.providers.remove(hmac);
            assertRefused(ErrorCode.INTEGRITY_MISSING, () -> operator.rotateKey(SOON));
        }
        try (DataBlockProducer out =
                hub.hub().create(BlockSpec.named("plain").slots(1).slotBytes(8))) {
            write(out, 1);
            assertRefused(
                    ErrorCode.REQUEST_REFUSED, () -> hub.hub().admin("plain").rotateKey(SOON));
        }
        assertRefused(ErrorCode.REQUEST_REFUSED, () -> hub.hub().admin("plain").rotateKey(SOON));
    }

    @Test
    void whereNobodyProducesWhoHasTheKeyBeginsTheNextEpoch() {
        try (DataBlockProducer out = hub.hub().create(spec)) {
            write(out, 2);
        }
        BlockAdmin operator = hub.open("operator").admin("b");
        assertEquals(2, operator.rotateKey(SOON));
        hub.providers.remove(hmac);
        assertNames(
                assertRefused(ErrorCode.INTEGRITY_MISSING, () -> operator.rotateKey(SOON)),
                "nobody produces",
                "key.epoch=2");
        hmac.keyId = 99; // another secret than the producer's
        hub.providers.add(hmac, 0);
        assertRefused(ErrorCode.KEY_MISSING, () -> operator.rotateKey(SOON));
        Block block = hub.block("b", Block.Use.LOOK);
        assertEquals(2, epoch(block));
        hub.providers.remove(hmac);
        hmac.keyId = 71;
        hub.providers.add(hmac, 0);
        try (DataBlockProducer out = hub.hub().create(spec)) {
            write(out, 1);
        }
        assertEquals(2, epochOf(block, 2));
    }
}
