package org.datahub.engine;

import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.Delivery;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Deadline
class RowsTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private BlockSpec block(SyncPolicy policy, int participants) {
        return BlockSpec.named("b").slots(3).slotBytes(8).policy(policy).participants(participants);
    }

    @Test
    void aRowIsCleanWhenItIsTakenWhateverItsLastOwnerLeft() {
        StreamRig rig = StreamRig.of(hub, 3);
        rig.put(0, RowLayout.ACTIVE, RowLayout.LOSSLESS);
        for (int pin = 0; pin < RowLayout.MOST_PINS; pin++) rig.put(0, RowLayout.PINS + 8L * pin, 7);
        long before = rig.joinEpoch();
        StreamRig.Peer taker = rig.joining(Delivery.LOSSLESS);
        assertEquals(0, taker.row);
        taker.assertRowIs(false);
        for (int pin = 0; pin < RowLayout.MOST_PINS; pin++) {
            assertEquals(0, Words.acquire(rig.block.control, ControlLayout.row(0) + RowLayout.PINS + 8L * pin));
        }
        assertEquals(before + 2, rig.joinEpoch()); // the cleaning, and the number of the new session
    }

    @Test
    void cleaningAFreeRowLeavesTheProducerInPeace() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer peer = rig.joining(Delivery.LOSSLESS);
        long before = rig.joinEpoch();
        peer.leave();
        assertEquals(before, rig.joinEpoch());
    }

    @Test
    void theDeadRowThatGatesIsReclaimedAtTheGate() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer victim = rig.lossless(0);
        rig.write(3);
        victim.die();
        assertFalse(rig.writer.claim());
        assertFalse(rig.writer.free(false));
        victim.assertRowIs(true);
        assertTrue(rig.writer.free(true));
        victim.assertRowIs(false);
        rig.write(10);
    }

    @Test
    void aDeadRowIsReclaimedAndTheLiveOneBesideItGatesOn() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer victim = rig.lossless(0);
        StreamRig.Peer live = rig.lossless(0);
        rig.write(3);
        victim.die();
        assertFalse(rig.writer.free(true));
        victim.assertRowIs(false);
        live.assertRowIs(true);
        live.reads(0);
        assertTrue(rig.writer.free(true));
    }

    @Test
    void aLiveRowIsNeverReclaimedHoweverLongItStalls() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer stalled = rig.lossless(0);
        rig.write(3);
        for (int i = 0; i < 1000; i++) assertFalse(rig.writer.free(true));
        assertFalse(rig.rows.reclaim(stalled.row));
        stalled.assertRowIs(true);
        assertTrue(rig.rows.alive(stalled.row));
        stalled.reads(0, 3);
    }

    @Test
    void aReclaimedRowsByteIsFreeForTheNextOwner() {
        StreamRig rig = StreamRig.of(hub, 3);
        StreamRig.Peer victim = rig.lossless(0);
        victim.die();
        assertTrue(rig.rows.reclaim(victim.row));
        assertFalse(rig.rows.alive(victim.row));
        assertEquals(victim.row, rig.lossless(0).row);
        assertFalse(rig.rows.reclaim(victim.row));
    }

    @Test
    void aDeadRowIsReclaimedWhileTheProducerWaitsAtTheGate() {
        Hub programs = hub.hub();
        try (DataBlockProducer out =
                programs.create(block(SyncPolicy.SEQUENTIAL_SYNC, 4).writeTimeout(HubFixture.SOON))) {
            DataBlockConsumer victim = programs.attach("b", ConsumerSpec.lossless());
            for (int i = 0; i < 3; i++) out.write(tx -> tx.length(0));
            Background<Void> write = Background.run(() -> {
                out.write(tx -> tx.length(0));
                return null;
            });
            ((ConsumerHandle) victim).block.lock.close();
            write.result();
            assertTrue(programs.info("b").rows().isEmpty());
        }
    }

    @Test
    void drainDoesNotWaitForTheDead() {
        Hub programs = hub.hub();
        try (DataBlockProducer out = programs.create(block(SyncPolicy.SEQUENTIAL_SYNC, 4))) {
            DataBlockConsumer victim = programs.attach("b", ConsumerSpec.lossless());
            out.write(tx -> tx.length(0));
            assertFalse(out.drain(Duration.ZERO));
            assertEquals(1, out.losslessConsumers());
            ((ConsumerHandle) victim).block.lock.close();
            assertEquals(0, out.losslessConsumers());
            assertTrue(out.drain(Duration.ZERO));
        }
    }

    @Test
    void aDeadConsumersRowIsToldFromALiveOnes() {
        Hub programs = hub.hub();
        try (DataBlockProducer out = programs.create(block(SyncPolicy.SEQUENTIAL_SYNC, 4))) {
            DataBlockConsumer victim =
                    programs.attach("b", ConsumerSpec.lossless().label("camera reader"));
            assertTrue(out.drain(Duration.ZERO));
            BlockInfo.Row row = programs.info("b").rows().getFirst();
            assertTrue(row.alive());
            assertEquals("camera reader", row.participant().label());
            assertEquals(ProcessHandle.current().pid(), row.participant().pid());
            assertEquals(Delivery.LOSSLESS, row.delivery());
            ((ConsumerHandle) victim).block.lock.close();
            assertFalse(programs.info("b").rows().getFirst().alive());
        }
    }

    @Test
    void sequentialRefusesASecondLosslessConsumerAndNamesTheFirst() {
        Hub programs = hub.hub();
        hub.kernel.hurries = true;
        programs.declare(block(SyncPolicy.SEQUENTIAL, 4));
        DataBlockConsumer first = programs.attach("b", ConsumerSpec.lossless().label("archiver"));
        DataHubException refusal =
                assertRefused(ErrorCode.CONSUMER_CONFLICT, () -> programs.attach("b", ConsumerSpec.lossless()));
        assertNames(refusal, "block=b", "pid=" + ProcessHandle.current().pid(), "label=archiver");
        first.close();
        programs.attach("b", ConsumerSpec.lossless()).close();
    }

    @Test
    void aDeadLosslessConsumerOfASequentialBlockIsSucceeded() {
        Hub programs = hub.hub();
        try (DataBlockProducer out = programs.create(block(SyncPolicy.SEQUENTIAL, 4))) {
            DataBlockConsumer victim = programs.attach("b", ConsumerSpec.lossless());
            for (int i = 0; i < 3; i++) out.write(tx -> tx.length(0));
            ((ConsumerHandle) victim).block.lock.close();
            try (DataBlockConsumer next = programs.attach("b", ConsumerSpec.lossless())) {
                out.write(tx -> tx.length(0));
                assertEquals(Next.SLOT, next.next(Duration.ZERO));
                assertEquals(3, next.number());
            }
        }
    }

    @Test
    void observersOfASequentialBlockLeaveTheFirstRowAlone() {
        Hub programs = hub.hub();
        hub.kernel.hurries = true;
        programs.declare(block(SyncPolicy.SEQUENTIAL, 3));
        try (DataBlockConsumer one = programs.attach("b", ConsumerSpec.observer());
                DataBlockConsumer two = programs.attach("b", ConsumerSpec.observer())) {
            assertRefused(ErrorCode.PARTICIPANTS_FULL, () -> programs.attach("b", ConsumerSpec.observer()));
            try (DataBlockConsumer lossless = programs.attach("b", ConsumerSpec.lossless())) {
                assertEquals(
                        List.of(Delivery.LOSSLESS, Delivery.OBSERVER, Delivery.OBSERVER),
                        programs.info("b").rows().stream()
                                .map(BlockInfo.Row::delivery)
                                .toList());
            }
        }
    }

    @Test
    void sequentialSyncHasAsManyLosslessConsumersAsRows() {
        Hub programs = hub.hub();
        hub.kernel.hurries = true;
        programs.declare(block(SyncPolicy.SEQUENTIAL_SYNC, 2));
        DataBlockConsumer first = programs.attach("b", ConsumerSpec.lossless());
        programs.attach("b", ConsumerSpec.lossless());
        DataHubException refusal =
                assertRefused(ErrorCode.PARTICIPANTS_FULL, () -> programs.attach("b", ConsumerSpec.lossless()));
        assertNames(refusal, "block=b", "participants=2");
        first.close();
        programs.attach("b", ConsumerSpec.observer()).close();
    }

    @Test
    void aRowIsItsOwnersWhoeverComesAndGoesAtTheSameTime() {
        Hub programs = hub.hub();
        programs.declare(block(SyncPolicy.SEQUENTIAL_SYNC, 8));
        List<Background<Integer>> comers = new ArrayList<>();
        for (int comer = 0; comer < 6; comer++) {
            String label = "comer-" + comer;
            comers.add(Background.run(() -> {
                for (int round = 0; round < 100; round++) {
                    try (DataBlockConsumer in =
                            programs.attach("b", ConsumerSpec.lossless().label(label))) {
                        int row = ((ConsumerHandle) in).row();
                        BlockInfo.Row seen = programs.info("b").rows().stream()
                                .filter(found -> found.index() == row)
                                .findFirst()
                                .orElseThrow();
                        assertEquals(label, seen.participant().label());
                        assertTrue(seen.alive());
                    }
                }
                return 0;
            }));
        }
        comers.forEach(Background::result);
        assertTrue(programs.info("b").rows().isEmpty());
    }

    @Test
    void theRowsOfTheDeadAreFreeForNewcomersWithoutAnyProducer() {
        Hub programs = hub.hub();
        programs.declare(block(SyncPolicy.SEQUENTIAL_SYNC, 2));
        for (int i = 0; i < 10; i++) {
            ((ConsumerHandle) programs.attach("b", ConsumerSpec.lossless())).block.lock.close();
        }
        assertTrue(programs.info("b").rows().size() <= 2);
    }

    @Test
    void consumersThatComeAtTheSameTimeGetRowsOfTheirOwn() {
        Hub programs = hub.hub();
        programs.declare(block(SyncPolicy.SEQUENTIAL_SYNC, 16));
        List<Background<DataBlockConsumer>> comers = new ArrayList<>();
        for (int i = 0; i < 16; i++) comers.add(Background.run(() -> programs.attach("b", ConsumerSpec.lossless())));
        comers.forEach(Background::result);
        Set<Integer> rows = new TreeSet<>();
        programs.info("b").rows().forEach(row -> rows.add(row.index()));
        assertEquals(16, rows.size());
    }

    @Test
    void aRowOfABlockThatWasRemovedMeanwhileIsNotTaken() {
        hub.hub().declare(block(SyncPolicy.SEQUENTIAL_SYNC, 4));
        Block before = hub.block("b", Block.Use.CONSUME);
        hub.hub().remove("b");
        assertRefused(ErrorCode.BLOCK_REMOVED, () -> new Rows(before).take(Delivery.LOSSLESS));
    }

    @Test
    void aRowOfABlockWhoseNameIsAnothersNowIsNotTaken() throws Exception {
        hub.hub().declare(block(SyncPolicy.SEQUENTIAL_SYNC, 4));
        Block before = hub.block("b", Block.Use.CONSUME);
        java.nio.file.Files.move(hub.path().resolve("b"), hub.path().resolve("moved"));
        hub.hub().declare(block(SyncPolicy.SEQUENTIAL_SYNC, 4));
        assertRefused(ErrorCode.BLOCK_ORPHANED, () -> new Rows(before).take(Delivery.LOSSLESS));
    }

    @Test
    void aRefusedConsumerLeavesNoTrace() {
        Hub programs = hub.hub();
        hub.kernel.hurries = true;
        programs.declare(block(SyncPolicy.SEQUENTIAL_SYNC, 1));
        DataBlockConsumer first = programs.attach("b", ConsumerSpec.lossless());
        Block look = hub.block("b", Block.Use.LOOK);
        byte[] before = row(look);
        long epoch = Words.acquire(look.control, ControlLayout.JOIN_EPOCH);
        assertRefused(
                ErrorCode.PARTICIPANTS_FULL,
                () -> programs.attach("b", ConsumerSpec.lossless().label("late")));
        assertArrayEquals(before, row(look));
        assertEquals(epoch, Words.acquire(look.control, ControlLayout.JOIN_EPOCH));
        first.close();
    }

    /// Kind to pins: the beat stands behind.
    private static byte[] row(Block block) {
        byte[] bytes = new byte[(int) RowLayout.BARRIERS];
        Words.copy(block.control, ControlLayout.row(0), bytes, 0, bytes.length);
        return bytes;
    }
}
